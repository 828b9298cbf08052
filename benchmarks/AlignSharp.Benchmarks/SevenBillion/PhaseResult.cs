namespace AlignSharp.Benchmarks.SevenBillion;

/// <summary>What one process of the benchmark measured.</summary>
/// <param name="Seconds">Of what the phase is about: making, loading, or the median of its steps.</param>
/// <param name="PeakPrivateGib">Most private memory from the start of the process to the end of the phase.</param>
internal sealed record PhaseResult(double Seconds, double PeakPrivateGib)
{
    /// <summary>Seconds of loading the model in 4 bits; of steps alone.</summary>
    public double LoadSeconds { get; init; }

    /// <summary>Most private memory until the model was loaded; of steps alone.</summary>
    public double LoadPrivateGib { get; init; }

    /// <summary>Seconds of each measured step.</summary>
    public IReadOnlyList<double> Steps { get; init; } = [];

    /// <summary>Median seconds of a step whose reference is known, as in every epoch after the first.</summary>
    public double ReferenceKnownSeconds { get; init; }

    /// <summary>Rate of libtorch's bfloat16 products at the step's sizes, in the same process.</summary>
    public double GemmGflops { get; init; }

    /// <summary>The time that the step's needed work would take at that rate, over the step's.</summary>
    public double GemmShare { get; init; }

    /// <summary>The same with the layers that checkpointing computes twice counted twice.</summary>
    public double GemmShareDone { get; init; }

    /// <summary>Seconds of saving the adapter.</summary>
    public double SaveSeconds { get; init; }

    /// <summary>Losses of the steps.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];
}
