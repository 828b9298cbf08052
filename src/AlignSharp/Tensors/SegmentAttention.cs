using AlignSharp.Data.Pairs;
using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// Attention within packed segments: causal along the trunk and each branch, and a branch never sees the other one, so that a
/// pair's two completions share one prompt exactly as two separate sequences would. On the CPU only what a query sees is computed; elsewhere
/// segments are laid side by side for libtorch (<see cref="SegmentGrid"/>). Owns what it prepares.
/// </summary>
public sealed class SegmentAttention : IAttention, IDisposable
{
    private readonly IReadOnlyList<Segment> _segments;
    private readonly bool _isBranched;
    private readonly int _tokens;
    private SegmentGrid? _grid;

    /// <summary>Takes the segments.</summary>
    /// <param name="segments">Segments that cover the packed tokens in order.</param>
    public SegmentAttention(IReadOnlyList<Segment> segments)
    {
        _segments = segments;
        _isBranched = segments.Any(segment => segment.SecondBranch > 0);
        _tokens = segments.Sum(segment => segment.Length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Queries, keys and values do not fit each other, or the segments.</exception>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        Check(queries, keys, values);
        if (!CpuKernels.Handle(queries)) return (_grid ??= new SegmentGrid(_segments, _isBranched, queries.dtype, queries.device)).Attend(queries, keys, values);
        int width = (int)queries.size(2), keyHeads = (int)keys.size(1);
        var geometry = new AttentionGeometry((int)queries.size(1), keyHeads, width, (nint)keyHeads * width, width);
        return Operation.Apply(new SpanAttention(geometry, [.. _segments.Select(segment => Span(segment, geometry))]), queries, keys, values)[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _grid?.Dispose();

    private void Check(Tensor queries, Tensor keys, Tensor values)
    {
        if (queries.dim() != 3 || keys.dim() != 3 || queries.size(0) != _tokens || keys.size(0) != _tokens || queries.size(2) != keys.size(2) || queries.size(1) % keys.size(1) != 0
            || !TorchNatives.Shape(keys).SequenceEqual(TorchNatives.Shape(values)) || queries.dtype != keys.dtype || queries.dtype != values.dtype)
            throw new ArgumentException($"Queries {ShapeCheck.Describe(queries)}, keys {ShapeCheck.Describe(keys)} and values {ShapeCheck.Describe(values)} do not fit segments of {_tokens} tokens; expected [tokens, heads, headDim] and twice [tokens, kvHeads, headDim] of one type, kvHeads a divisor of heads", nameof(keys));
    }

    private static AttentionSpan Span(Segment segment, AttentionGeometry geometry)
    {
        var first = segment.Trunk + segment.FirstBranch;
        var sequence = new AttentionStream(0, first, SharedKeys: 0, OwnKeys: 0);
        var second = new AttentionStream(first, segment.Length, segment.Trunk, first);
        return new AttentionSpan(segment.Start, segment.Start * geometry.KeyStride, segment.Length, segment.SecondBranch > 0 ? [sequence, second] : [sequence]);
    }
}
