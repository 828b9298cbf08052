using System.Diagnostics.CodeAnalysis;
using AlignSharp.Benchmarks.Measuring;

namespace AlignSharp.Benchmarks.Step;

/// <summary>All results of a run. The fields of the first shape stand at the top level too, so that a script that asked for one shape need not look for it.</summary>
internal sealed record StepReport : StepResult
{
    /// <summary>Composes the report.</summary>
    /// <param name="machine">Where it was measured.</param>
    /// <param name="shapes">Results, at least one.</param>
    [SetsRequiredMembers]
    public StepReport(Machine machine, IReadOnlyList<StepResult> shapes) : base(shapes[0]) => (Machine, Shapes) = (machine, shapes);

    /// <summary>Where it was measured.</summary>
    public Machine Machine { get; }

    /// <summary>Every shape.</summary>
    public IReadOnlyList<StepResult> Shapes { get; }

    /// <summary>Where the time of our step goes, in the first shape.</summary>
    public StepProfile? Profile { get; init; }

    /// <summary>Our side over growing batches; empty when one shape was asked for.</summary>
    public IReadOnlyList<GrowthRow> Growth { get; init; } = [];

    /// <summary>Our side's memory over many steps; null when one shape was asked for.</summary>
    public SideRun? Memory { get; init; }
}
