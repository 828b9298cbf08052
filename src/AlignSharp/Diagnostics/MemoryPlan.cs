namespace AlignSharp.Diagnostics;

/// <summary>The private memory that a run takes at its peak, in bytes.</summary>
public sealed record MemoryPlan
{
    /// <summary>Share of the available memory that a plan may fill; the rest is for other programs, and for what a plan does not know.</summary>
    public const double ShareToFill = 0.95;

    /// <summary>The model's weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>The adapter's matrices; 0 without one.</summary>
    public required long AdapterBytes { get; init; }

    /// <summary>The optimizer's states.</summary>
    public required long OptimizerStateBytes { get; init; }

    /// <summary>A second model, a frozen adapter and remembered log-probabilities.</summary>
    public required long ReferenceBytes { get; init; }

    /// <summary>Gradients of what is trained.</summary>
    public required long GradientBytes { get; init; }

    /// <summary>Activations that are kept for the gradient.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>What operators hold while they run: logits of a chunk, gradients of activations, the reference's pass.</summary>
    public required long WorkingBytes { get; init; }

    /// <summary>What the allocator holds beside: gaps between blocks, and half a slab.</summary>
    public required long SlackBytes { get; init; }

    /// <summary>The runtime, libtorch, compiled code, the tokenizer and the tokenised data.</summary>
    public required long ProcessBytes { get; init; }

    /// <summary>All together.</summary>
    public long TotalBytes => WeightBytes + AdapterBytes + OptimizerStateBytes + ReferenceBytes + GradientBytes + ActivationBytes + WorkingBytes + SlackBytes + ProcessBytes;

    /// <summary>Whether it fits.</summary>
    /// <param name="available">What the process can hold, with what it holds already.</param>
    public bool FitsInto(long available) => TotalBytes <= ShareToFill * available;
}
