using AlignSharp.Data.Pairs;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tensors;

/// <summary>
/// Attention within segments by one call of libtorch's scaled dot-product attention: segments side by side, padded to the longest, with a mask
/// where a segment has two branches. Owns its index and mask tensors.
/// </summary>
internal sealed class SegmentGrid : IDisposable
{
    private readonly int _segments;
    private readonly int _longest;
    private readonly Tensor? _toGrid;
    private readonly Tensor? _fromGrid;
    private readonly Tensor? _mask;

    /// <summary>Prepares indices and, if a segment has two branches, the mask.</summary>
    /// <param name="segments">Segments that cover the packed tokens in order.</param>
    /// <param name="isBranched">Whether a segment has two branches.</param>
    /// <param name="type">Floating type of queries, keys and values.</param>
    /// <param name="device">Where they are.</param>
    public SegmentGrid(IReadOnlyList<Segment> segments, bool isBranched, ScalarType type, Device device)
    {
        _segments = segments.Count;
        _longest = segments.Max(s => s.Length);
        if (segments.Any(s => s.Length != _longest)) (_toGrid, _fromGrid) = GridIndices(segments, device);
        if (isBranched) _mask = BranchMask(segments, type, device);
    }

    /// <summary>Softmax attention as <see cref="IAttention"/> defines it.</summary>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        long tokens = queries.size(0), heads = queries.size(1), headDim = queries.size(2);
        var repeats = heads / keys.size(1);
        var mixed = F.scaled_dot_product_attention(
            ToGrid(queries), ShareHeads(ToGrid(keys), repeats), ShareHeads(ToGrid(values), repeats),
            attn_mask: _mask, is_casual: _mask is null); // [segments, heads, longest, headDim]
        var flat = mixed.transpose(1, 2).reshape(_segments * (long)_longest, heads * headDim);
        var packed = _fromGrid is null ? flat : flat.index_select(0, _fromGrid);
        return packed.view(tokens, heads * headDim).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _toGrid?.Dispose();
        _fromGrid?.Dispose();
        _mask?.Dispose();
    }

    internal static Tensor ShareHeads(Tensor grid, long repeats) => repeats == 1 ? grid : grid.repeat_interleave(repeats, dim: 1);

    // [tokens, heads, headDim] -> [segments, heads, longest, headDim]
    private Tensor ToGrid(Tensor packed)
    {
        long heads = packed.size(1), headDim = packed.size(2);
        var rows = _toGrid is null ? packed : packed.index_select(0, _toGrid);
        return rows.view(_segments, _longest, heads, headDim).transpose(1, 2);
    }

    // A slot behind a segment's end repeats its first token: as a key it lies behind every real query, as a query it is dropped.
    private (Tensor ToGrid, Tensor FromGrid) GridIndices(IReadOnlyList<Segment> segments, Device device)
    {
        var toGrid = new long[_segments * _longest];
        var fromGrid = new long[segments.Sum(s => s.Length)];
        for (var s = 0; s < _segments; s++)
        {
            Array.Fill(toGrid, segments[s].Start, s * _longest, _longest);
            for (var t = 0; t < segments[s].Length; t++)
            {
                toGrid[s * _longest + t] = segments[s].Start + t;
                fromGrid[segments[s].Start + t] = s * _longest + t;
            }
        }
        return (tensor(toGrid, device: device).DetachFromDisposeScope(), tensor(fromGrid, device: device).DetachFromDisposeScope());
    }

    private Tensor BranchMask(IReadOnlyList<Segment> segments, ScalarType type, Device device)
    {
        var mask = new float[_segments * (long)_longest * _longest];
        for (var s = 0; s < _segments; s++)
        {
            var secondStart = segments[s].Trunk + segments[s].FirstBranch;
            for (var query = 0; query < _longest; query++)
            {
                var row = mask.AsSpan(checked((int)((s * (long)_longest + query) * _longest)), _longest);
                row[(query + 1)..].Fill(float.NegativeInfinity);
                if (query >= secondStart && query < segments[s].Length)
                    row.Slice(segments[s].Trunk, segments[s].FirstBranch).Fill(float.NegativeInfinity);
            }
        }
        using var wide = tensor(mask, [_segments, 1, _longest, _longest], device: device);
        return wide.to(type, copy: true).DetachFromDisposeScope();
    }
}
