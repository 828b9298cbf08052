using AlignSharp.Data.Pairs;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>A packed micro-batch on a device. Owns its tensors; whoever creates it disposes it.</summary>
public sealed class TokenBatch : IDisposable
{
    private readonly SegmentAttention _attention;

    /// <summary>Copies packed tokens to a device.</summary>
    /// <param name="packed">The packed tokens.</param>
    /// <param name="device">Where the model is.</param>
    public TokenBatch(PackedTokens packed, Device device)
    {
        Packed = packed;
        var lengths = new int[packed.Ids.Length];
        foreach (var segment in packed.Segments) Array.Fill(lengths, segment.LongestSequence, segment.Start, segment.Length);
        Inputs = new TokenInputs(Index(packed.Ids, device), Index(packed.Positions, device), Index(lengths, device));
        PredictedFrom = Index(packed.PredictedFrom, device);
        Targets = Index(packed.Targets, device);
        SequenceOf = Index(packed.SequenceOf, device);
        _attention = new SegmentAttention(packed.Segments);
    }

    /// <summary>The arrays it was made from.</summary>
    public PackedTokens Packed { get; }

    /// <summary>What the model reads, <c>[tokens]</c>.</summary>
    public TokenInputs Inputs { get; }

    /// <summary>Index of the token that predicts each scored token, int64 <c>[scored]</c>.</summary>
    public Tensor PredictedFrom { get; }

    /// <summary>Id of each scored token, int64 <c>[scored]</c>.</summary>
    public Tensor Targets { get; }

    /// <summary>Sequence of each scored token, int64 <c>[scored]</c>.</summary>
    public Tensor SequenceOf { get; }

    /// <summary>Which token sees which.</summary>
    public IAttention Attention => _attention;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { Inputs.Ids, Inputs.Positions, Inputs.SequenceLengths, PredictedFrom, Targets, SequenceOf }) tensor.Dispose();
        _attention.Dispose();
    }

    // A batch may be made inside a step's scope and outlive it, so its tensors belong to the batch alone.
    private static Tensor Index(int[] values, Device device) => tensor(values, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
}
