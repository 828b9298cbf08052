namespace AlignSharp.Diagnostics;

/// <summary>How long this machine takes for the parts of a step, in seconds.</summary>
public sealed record StepSpeed
{
    /// <summary>A layer's forward pass without attention, a token.</summary>
    public required double LayerForward { get; init; }

    /// <summary>A layer's backward pass without attention, a token.</summary>
    public required double LayerBackward { get; init; }

    /// <summary>A layer's attention, a pair of a token and one that it sees.</summary>
    public required double AttentionForward { get; init; }

    /// <summary>Its gradient, likewise.</summary>
    public required double AttentionBackward { get; init; }

    /// <summary>The output head without gradient, a scored token.</summary>
    public required double HeadForward { get; init; }

    /// <summary>The output head with its gradient, a scored token.</summary>
    public required double HeadTraining { get; init; }

    /// <summary>The optimizer, a trained element.</summary>
    public required double Update { get; init; }
}
