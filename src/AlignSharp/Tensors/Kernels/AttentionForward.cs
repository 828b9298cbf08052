using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Softmax attention within spans (Vaswani et al. 2017, arXiv:1706.03762), only where a query sees a key; an item is a span and a query head.
/// Keeps each query's log-sum-exp for the gradient, as FlashAttention does (Dao et al. 2022, arXiv:2205.14135).
/// </summary>
internal sealed unsafe class AttentionForward(AttentionGeometry geometry, IReadOnlyList<AttentionSpan> spans) : IKernel
{
    public required byte* Queries { get; init; } // [tokens, heads, width]

    public required byte* Keys { get; init; }

    public required byte* Values { get; init; }

    public required byte* Output { get; init; } // [tokens, heads, width]

    public required float* LogSums { get; init; } // [tokens, heads], or null when no gradient follows

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        int width = geometry.Width, padded = AttentionTile.Padded<TV, TLanes>(width), tile = AttentionTile.Queries<TV, TLanes>();
        for (var item = first; item < end; item++)
        {
            var span = spans[item / geometry.Heads];
            var head = item % geometry.Heads;
            var room = (nint)(span.Keys + MicroProduct.Rows) * padded;
            var keys = Scratch.Floats(2 * room + (nint)(span.Keys + MicroProduct.Rows) * tile + 2 * (nint)(tile + MicroProduct.Rows) * padded + width * tile);
            var values = keys + room;
            var start = span.Key + head / geometry.Shared * geometry.KeyHeadStride;
            AttentionTile.CopyRows<TV, TLanes, TElement>(Keys + start * TElement.Bytes, geometry.KeyStride, span.Keys, width, keys, padded, 1);
            AttentionTile.CopyRows<TV, TLanes, TElement>(Values + start * TElement.Bytes, geometry.KeyStride, span.Keys, width, values, padded, 1);
            foreach (var stream in span.Streams)
                for (var query = stream.FirstQuery; query < stream.EndQuery; query += tile)
                    Attend<TV, TLanes, TElement>(span, stream, query, Math.Min(tile, stream.EndQuery - query), head, keys, values, values + room);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend<TV, TLanes, TElement>(AttentionSpan span, AttentionStream stream, int query, int queries, int head, float* keys, float* values, float* rest)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        int width = geometry.Width, padded = AttentionTile.Padded<TV, TLanes>(width), tile = AttentionTile.Queries<TV, TLanes>();
        var rows = rest;
        var mixed = rows + (nint)(tile + MicroProduct.Rows) * padded;
        var turned = mixed + (nint)(tile + MicroProduct.Rows) * padded;
        var scores = turned + width * tile;
        var at = (span.Query + query) * geometry.QueryStride + (nint)head * width;
        AttentionTile.CopyRows<TV, TLanes, TElement>(Queries + at * TElement.Bytes, geometry.QueryStride, queries, width, rows, padded, geometry.Scale);
        AttentionTile.Turn<TV, TLanes>(rows, padded, queries, width, turned);
        var visible = AttentionTile.Scores<TV, TLanes>(stream, query, queries, keys, padded, width, turned, scores);
        float* logSums = stackalloc float[2 * Reduction.Slots], shares = stackalloc float[2 * Reduction.Slots];
        for (var lane = 0; lane < tile; lane += TLanes.Count) Softmax<TV, TLanes>(scores + lane, tile, visible, logSums + lane, shares + lane);
        AttentionTile.Mix<TV, TLanes>(stream, visible - stream.SharedKeys, queries, scores, values, padded, mixed);
        for (var i = 0; i < queries; i++)
        {
            AttentionTile.WriteRows<TV, TLanes, TElement>(mixed + (nint)i * padded, padded, 1, width, Output + (at + i * geometry.QueryStride) * TElement.Bytes, 0, shares[i]);
            if (LogSums is not null) LogSums[(nint)(span.Query + query + i) * geometry.Heads + head] = logSums[i];
        }
    }

    // Leaves e^(score - max) in place; the sum divides the result, not each term.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Softmax<TV, TLanes>(float* scores, int tile, int visible, float* logSums, float* shares) where TLanes : struct, ILanes<TV>
    {
        var largest = TLanes.Load(scores);
        for (nint key = 1; key < visible; key++) largest = TLanes.Max(largest, TLanes.Load(scores + key * tile));
        var sum = TLanes.Create(0);
        for (nint key = 0; key < visible; key++)
        {
            var term = Exponential.Exp<TV, TLanes>(TLanes.Subtract(TLanes.Load(scores + key * tile), largest));
            TLanes.Store(scores + key * tile, term);
            sum = TLanes.Add(sum, term);
        }
        TLanes.Store(logSums, largest);
        TLanes.Store(shares, sum);
        for (var i = 0; i < TLanes.Count; i++)
        {
            logSums[i] += MathF.Log(shares[i]);
            shares[i] = 1 / shares[i];
        }
    }
}
