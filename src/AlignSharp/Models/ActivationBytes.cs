namespace AlignSharp.Models;

/// <summary>Bytes of memory that a step on the CPU takes for each token of its batch, beside the output head.</summary>
public sealed record ActivationBytes
{
    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>What a recorded forward pass keeps of all layers.</summary>
    public required long Kept { get; init; }

    /// <summary>What it keeps of the layer that keeps most.</summary>
    public required long KeptOfLayer { get; init; }

    /// <summary>A layer's input: all that stays of a layer whose activations are computed again.</summary>
    public required long Input { get; init; }

    /// <summary>Gated activations that a layer which is computed again holds beside what it keeps.</summary>
    public required long Gated { get; init; }

    /// <summary>Behind the layers: the last norm's input and output, and the rotary tables.</summary>
    public required long Ends { get; init; }

    /// <summary>The most that a layer holds at a time where no gradient is recorded.</summary>
    public required long Inference { get; init; }

    /// <summary>The most that gradients of a layer's activations take at a time.</summary>
    public required long Backward { get; init; }

    /// <summary>What a forward pass keeps.</summary>
    /// <param name="recomputes">Whether layers but the last keep their input alone.</param>
    public long Recorded(bool recomputes) => Ends + (recomputes ? (Layers - 1) * Input + KeptOfLayer : Kept);

    /// <summary>The most that a layer's backward pass takes beside that.</summary>
    /// <param name="recomputes">Whether layers but the last keep their input alone.</param>
    public long Working(bool recomputes) => Backward + (recomputes && Layers > 1 ? Gated + Input : 0);
}
