namespace AlignSharp.Diagnostics;

/// <summary>The time that a run takes on this machine, in seconds.</summary>
public sealed record TimePlan
{
    /// <summary>Updates of the run.</summary>
    public required int Steps { get; init; }

    /// <summary>An update of mean size, its reference remembered.</summary>
    public required double StepSeconds { get; init; }

    /// <summary>The reference's log-probabilities of all rows, which are computed once; 0 without a reference.</summary>
    public required double ReferenceSeconds { get; init; }

    /// <summary>The whole run, without loading, evaluations and checkpoints.</summary>
    public double TotalSeconds => Steps * StepSeconds + ReferenceSeconds;
}
