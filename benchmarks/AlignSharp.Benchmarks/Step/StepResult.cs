using AlignSharp.Benchmarks.Shapes;

namespace AlignSharp.Benchmarks.Step;

/// <summary>A shape and what was measured; its properties are the fields of the report.</summary>
internal record StepResult
{
    /// <summary>Begins with the shape.</summary>
    /// <param name="shape">What was measured.</param>
    public StepResult(StepShape shape)
    {
        var model = shape.Model;
        (Name, Dtype, Pairs, Prompt, Completion) = (shape.Name, Dtypes.NameOf(shape.Type), shape.Pairs, shape.Prompt.ToString(), shape.Completion.ToString());
        (Hidden, Layers, Heads, KvHeads, Inter, Vocab) = (model.Hidden, model.Layers, model.Heads, model.KvHeads, model.Inter, model.Vocab);
        (Rank, Steps, Seed, ReferenceKnown, Checkpointing) = (shape.Rank, shape.Steps, shape.Seed, shape.ReferenceKnown, shape.Checkpointing);
    }

    public string Name { get; }

    public string Dtype { get; }

    public int Pairs { get; }

    public string Prompt { get; }

    public string Completion { get; }

    public int Hidden { get; }

    public int Layers { get; }

    public int Heads { get; }

    public int KvHeads { get; }

    public int Inter { get; }

    public int Vocab { get; }

    public int Rank { get; }

    public int Steps { get; }

    public int Seed { get; }

    public bool ReferenceKnown { get; }

    public bool Checkpointing { get; }

    /// <summary>The engine.</summary>
    public required SideResult Ours { get; init; }

    /// <summary>The baseline.</summary>
    public required SideResult Baseline { get; init; }

    /// <summary>How many times faster we are: the median over the steps of the baseline's time over ours.</summary>
    public required double Ratio { get; init; }

    /// <summary>Work that the step needs, in GFLOP, the median over the steps.</summary>
    public required double Gflop { get; init; }

    /// <summary>Best rate of libtorch's matrix products in the same process, in GFLOP/s.</summary>
    public required double GemmGflops { get; init; }

    /// <summary>Share of our time that the needed work would take at that rate, the median over the steps.</summary>
    public required double GemmShare { get; init; }

    /// <summary>Largest difference of the two losses over all steps, warm-up included.</summary>
    public required double LossDifference { get; init; }

    /// <summary>Longest over shortest step, of batches of equal length; of batches of varied length, the same of our rate.</summary>
    public required double Spread { get; init; }

    /// <summary>Whether that is so much that the figures say little.</summary>
    public required bool IsNoisy { get; init; }
}
