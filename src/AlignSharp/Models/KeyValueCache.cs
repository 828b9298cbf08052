using AlignSharp.Runtime;
using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Models;

/// <summary>
/// Keys and values of a batch of sequences that grow token by token, allocated once at full capacity. Sequences need no padding:
/// each row counts its own length. Owns its tensors.
/// </summary>
public sealed class KeyValueCache : IAttention, IDisposable
{
    private readonly Tensor[] _keys; // a layer: [rows, kvHeads, capacity, headDim]
    private readonly Tensor[] _values;
    private readonly CacheShape _shape;
    private readonly int _capacity;
    private readonly ScalarType _type;
    private readonly Device _device;
    private Step? _step;

    /// <summary>Allocates the cache.</summary>
    /// <param name="shape">Shape of a token's keys and values.</param>
    /// <param name="rows">Sequences in the batch.</param>
    /// <param name="capacity">Longest sequence that a row can reach, in tokens.</param>
    /// <param name="type">Type of the model's activations.</param>
    /// <param name="device">Where the model is.</param>
    public KeyValueCache(CacheShape shape, int rows, int capacity, ScalarType type, Device device)
    {
        (_shape, _capacity, _type, _device) = (shape, capacity, type, device);
        Lengths = new int[rows];
        // Slots that are not filled yet are masked, but a masked NaN would still spoil a product of libtorch's: hence zeros there.
        Tensor Allocate() => (IsOnKernels
            ? Buffers.Empty(type, device, rows, shape.KeyValueHeads, capacity, shape.HeadDim)
            : zeros(rows, shape.KeyValueHeads, capacity, shape.HeadDim, dtype: type, device: device)).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => Allocate())];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => Allocate())];
    }

    /// <summary>Tokens that each row holds.</summary>
    public int[] Lengths { get; }

    private bool IsOnKernels => _device.type == DeviceType.CPU && CpuKernels.Stores(_type) && TorchNatives.AreThere;

    /// <summary>Announces the tokens that the model is about to read; it appends them to their rows.</summary>
    /// <param name="rowIds">For each row the ids to append; may be empty for a row that is finished.</param>
    /// <returns>What to hand to the model together with this cache; owned by the caller's scope.</returns>
    /// <exception cref="InvalidOperationException">A row would exceed the capacity.</exception>
    public TokenInputs Append(IReadOnlyList<int[]> rowIds)
    {
        var reach = Enumerable.Range(0, rowIds.Count).Max(row => Lengths[row] + rowIds[row].Length);
        if (reach > _capacity) throw new InvalidOperationException($"A sequence of {reach} tokens does not fit a cache of {_capacity}");
        var tokens = rowIds.Sum(ids => ids.Length);
        var (positions, lengths, rows) = (new long[tokens], new long[tokens], new int[tokens]);
        for (int row = 0, token = 0; row < rowIds.Count; row++)
            for (var t = 0; t < rowIds[row].Length; t++, token++)
                (positions[token], lengths[token], rows[token]) = (Lengths[row] + t, Lengths[row] + rowIds[row].Length, row);
        var counts = rowIds.Select(ids => ids.Length).ToArray();
        _step = new Step([.. Lengths], counts, rows, positions, IsOnKernels ? null : new Grid(this, counts, positions, rows, reach));
        for (var row = 0; row < rowIds.Count; row++) Lengths[row] += counts[row];
        Tensor Index(long[] values) => tensor(values, device: _device);
        return new TokenInputs(Index([.. rowIds.SelectMany(ids => ids).Select(id => (long)id)]), Index(positions), Index(lengths));
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        var step = _step ?? throw new InvalidOperationException("Append announces the tokens before the model reads them");
        if (step.Grid is not null) return step.Grid.Attend(_keys[layer], _values[layer], queries, keys, values);
        using var scope = NewDisposeScope();
        Keep(step, keys.contiguous(), _keys[layer]);
        Keep(step, values.contiguous(), _values[layer]);
        var geometry = new AttentionGeometry((int)queries.size(1), _shape.KeyValueHeads, _shape.HeadDim, _shape.HeadDim, (nint)_capacity * _shape.HeadDim);
        return SpanAttention.Attend(geometry, step.Spans(RowStride), queries.contiguous(), _keys[layer], _values[layer], null).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values)) tensor.Dispose();
    }

    private nint RowStride => (nint)_shape.KeyValueHeads * _capacity * _shape.HeadDim;

    private unsafe void Keep(Step step, Tensor fresh, Tensor cache) => CpuKernels.Run(
        new CacheAppending(_shape.KeyValueHeads, _shape.HeadDim, (nint)_capacity * _shape.HeadDim)
        {
            Input = (byte*)TorchNatives.Address(fresh),
            Cache = (byte*)TorchNatives.Address(cache),
            Places = [.. step.Rows.Select((row, token) => row * RowStride + (nint)step.Positions[token] * _shape.HeadDim)],
        },
        _type, step.Rows.Length, (long)_shape.KeyValueHeads * _shape.HeadDim);

    // What one call of the model adds: per row the length before and the new tokens, per token its row and place.
    private sealed record Step(int[] Before, int[] Counts, int[] Rows, long[] Positions, Grid? Grid)
    {
        public AttentionSpan[] Spans(nint rowStride)
        {
            var (spans, token) = (new List<AttentionSpan>(), 0);
            for (var row = 0; row < Counts.Length; token += Counts[row++])
                if (Counts[row] > 0)
                    spans.Add(new AttentionSpan(token - Before[row], row * rowStride, Before[row] + Counts[row], [new AttentionStream(Before[row], Before[row] + Counts[row], 0, 0)]));
            return [.. spans];
        }
    }

    // The same by libtorch's scaled dot-product attention: rows side by side, padded to the most new tokens.
    private sealed class Grid
    {
        private readonly KeyValueCache _cache;
        private readonly int _newest;
        private readonly int _reach;
        private readonly Tensor _slots;
        private readonly Tensor _toGrid;
        private readonly Tensor _fromGrid;
        private readonly Tensor _mask;

        public Grid(KeyValueCache cache, int[] counts, long[] positions, int[] rows, int reach)
        {
            (_cache, _newest, _reach) = (cache, counts.Max(), reach);
            var (toGrid, fromGrid) = (new long[counts.Length * _newest], new long[rows.Length]);
            var mask = new float[counts.Length * (long)_newest * reach];
            Array.Fill(mask, float.NegativeInfinity);
            for (int row = 0, token = 0; row < counts.Length; token += counts[row++])
            {
                for (var t = 0; t < _newest; t++)
                {
                    // A slot without a token repeats the row's last query and its view; its result is dropped.
                    var visible = Math.Max(1, cache.Lengths[row] + Math.Min(t + 1, counts[row]));
                    mask.AsSpan((row * _newest + t) * reach, visible).Clear();
                    toGrid[row * _newest + t] = Math.Min(Math.Max(0, token + Math.Min(t, counts[row] - 1)), rows.Length - 1);
                    if (t < counts[row]) fromGrid[token + t] = row * _newest + t;
                }
            }
            var heads = cache._shape.KeyValueHeads;
            Tensor Index(long[] values) => tensor(values, device: cache._device);
            _slots = Index([.. rows.SelectMany((row, token) => Enumerable.Range(0, heads).Select(head => (row * heads + head) * (long)cache._capacity + positions[token]))]);
            (_toGrid, _fromGrid) = (Index(toGrid), Index(fromGrid));
            _mask = tensor(mask, [counts.Length, 1, _newest, reach], device: cache._device).to(cache._type);
        }

        public Tensor Attend(Tensor keptKeys, Tensor keptValues, Tensor queries, Tensor keys, Tensor values)
        {
            using var scope = NewDisposeScope();
            long heads = queries.size(1), headDim = queries.size(2), rows = keptKeys.size(0), repeats = heads / keys.size(1);
            keptKeys.view(-1, headDim).index_copy_(0, _slots, keys.reshape(-1, headDim));
            keptValues.view(-1, headDim).index_copy_(0, _slots, values.reshape(-1, headDim));
            var grid = queries.index_select(0, _toGrid).view(rows, _newest, heads, headDim).transpose(1, 2);
            // [rows, kvHeads, capacity, headDim] -> [rows, heads, reach, headDim]
            Tensor Reach(Tensor kept) => SegmentGrid.ShareHeads(kept.narrow(2, 0, _reach), repeats);
            var mixed = F.scaled_dot_product_attention(grid, Reach(keptKeys), Reach(keptValues), attn_mask: _mask);
            return mixed.transpose(1, 2).reshape(rows * _newest, heads * headDim).index_select(0, _fromGrid).MoveToOuterDisposeScope();
        }
    }
}
