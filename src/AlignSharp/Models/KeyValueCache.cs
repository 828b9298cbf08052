using AlignSharp.Tensors;
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
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
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
        (_capacity, _type, _device) = (capacity, type, device);
        Lengths = new int[rows];
        // Slots that are not filled yet are masked, but a masked NaN would still spoil a product: hence zeros.
        Tensor Allocate() => zeros([rows * (long)capacity, shape.KeyValueHeads, shape.HeadDim], dtype: type, device: device).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => Allocate())];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => Allocate())];
    }

    /// <summary>Tokens that each row holds.</summary>
    public int[] Lengths { get; }

    /// <summary>Announces the tokens that the model is about to read; it appends them to their rows.</summary>
    /// <param name="rowIds">For each row the ids to append; may be empty for a row that is finished.</param>
    /// <returns>What to hand to the model together with this cache; owned by the caller's scope.</returns>
    /// <exception cref="InvalidOperationException">A row would exceed the capacity.</exception>
    public TokenInputs Append(IReadOnlyList<int[]> rowIds)
    {
        var tokens = rowIds.Sum(r => r.Length);
        var (ids, positions, lengths, slots) = (new long[tokens], new long[tokens], new long[tokens], new long[tokens]);
        var newest = rowIds.Max(r => r.Length);
        var toGrid = new long[rowIds.Count * newest];
        var fromGrid = new long[tokens];
        var reach = Enumerable.Range(0, rowIds.Count).Max(r => Lengths[r] + rowIds[r].Length);
        if (reach > _capacity) throw new InvalidOperationException($"A sequence of {reach} tokens does not fit a cache of {_capacity}");
        var mask = new float[rowIds.Count * (long)newest * reach];
        Array.Fill(mask, float.NegativeInfinity);
        for (int row = 0, token = 0; row < rowIds.Count; row++)
        {
            for (var t = 0; t < newest; t++)
            {
                // A slot without a token repeats the row's last query and its view; its result is dropped.
                var visible = Math.Max(1, Lengths[row] + Math.Min(t + 1, rowIds[row].Length));
                mask.AsSpan((row * newest + t) * reach, visible).Clear();
                toGrid[row * newest + t] = Math.Min(Math.Max(0, token + Math.Min(t, rowIds[row].Length - 1)), tokens - 1);
            }
            for (var t = 0; t < rowIds[row].Length; t++, token++)
            {
                ids[token] = rowIds[row][t];
                positions[token] = Lengths[row] + t;
                lengths[token] = Lengths[row] + rowIds[row].Length;
                slots[token] = row * (long)_capacity + Lengths[row] + t;
                fromGrid[token] = row * newest + t;
            }
            Lengths[row] += rowIds[row].Length;
        }
        Tensor Index(long[] values) => tensor(values, device: _device);
        _step = new Step(rowIds.Count, newest, reach, Index(slots), Index(toGrid), Index(fromGrid),
            tensor(mask, [rowIds.Count, 1, newest, reach], device: _device).to(_type));
        return new TokenInputs(Index(ids), Index(positions), Index(lengths));
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        var step = _step ?? throw new InvalidOperationException("Append announces the tokens before the model reads them");
        using var scope = NewDisposeScope();
        long heads = queries.shape[1], headDim = queries.shape[2], repeats = heads / keys.shape[1];
        _keys[layer].index_copy_(0, step.Slots, keys);
        _values[layer].index_copy_(0, step.Slots, values);
        var grid = queries.index_select(0, step.ToGrid).view(step.Rows, step.Newest, heads, headDim).transpose(1, 2);
        var mixed = F.scaled_dot_product_attention(grid, Reach(_keys[layer], step, repeats), Reach(_values[layer], step, repeats), attn_mask: step.Mask);
        return mixed.transpose(1, 2).reshape(step.Rows * (long)step.Newest, heads * headDim).index_select(0, step.FromGrid).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values)) tensor.Dispose();
    }

    // [rows * capacity, kvHeads, headDim] -> [rows, heads, reach, headDim]
    private Tensor Reach(Tensor cache, Step step, long repeats) =>
        SegmentGrid.ShareHeads(cache.view(step.Rows, _capacity, cache.shape[1], cache.shape[2]).narrow(1, 0, step.Reach).transpose(1, 2), repeats);

    private sealed record Step(int Rows, int Newest, int Reach, Tensor Slots, Tensor ToGrid, Tensor FromGrid, Tensor Mask);
}
