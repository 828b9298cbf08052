using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Gradient of the attention, from scores made anew: with P the weights and D = Σ dO·O a query, <c>dV = Pᵀ·dO</c>, <c>dS = P·(dO·Vᵀ − D)</c>,
/// <c>dQ = dS·K</c>, <c>dK = dSᵀ·Q</c>. An item is a span and a key-value head, since the query heads that share it add up.
/// </summary>
internal sealed unsafe class AttentionBackward(AttentionGeometry geometry, IReadOnlyList<AttentionSpan> spans) : IKernel
{
    public required byte* Queries { get; init; } // [tokens, heads, width]

    public required byte* Keys { get; init; }

    public required byte* Values { get; init; }

    public required byte* Output { get; init; } // [tokens, heads, width]

    public required float* LogSums { get; init; } // [tokens, heads]

    public required byte* Gradient { get; init; } // [tokens, heads, width], of the output

    public required byte* QueryGradient { get; init; } // [tokens, heads, width]

    public required byte* KeyGradient { get; init; } // as the keys

    public required byte* ValueGradient { get; init; } // as the values

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        int width = geometry.Width, padded = AttentionTile.Padded<TV, TLanes>(width), tile = AttentionTile.Queries<TV, TLanes>();
        for (var item = first; item < end; item++)
        {
            var span = spans[item / geometry.KeyHeads];
            var keyHead = item % geometry.KeyHeads;
            var room = (nint)(span.Keys + MicroProduct.Rows) * padded;
            var keys = Scratch.Floats(4 * room + 2 * (nint)(span.Keys + MicroProduct.Rows) * tile + 3 * (nint)(tile + MicroProduct.Rows) * padded + 2 * width * tile);
            float* values = keys + room, keySums = values + room, valueSums = keySums + room, rest = valueSums + room;
            var start = (span.Key + keyHead * geometry.KeyHeadStride) * TElement.Bytes;
            AttentionTile.CopyRows<TV, TLanes, TElement>(Keys + start, geometry.KeyStride, span.Keys, width, keys, padded, 1);
            AttentionTile.CopyRows<TV, TLanes, TElement>(Values + start, geometry.KeyStride, span.Keys, width, values, padded, 1);
            new Span<float>(keySums, checked((int)(2 * room))).Clear();
            for (var head = keyHead * geometry.Shared; head < (keyHead + 1) * geometry.Shared; head++)
                foreach (var stream in span.Streams)
                    for (var query = stream.FirstQuery; query < stream.EndQuery; query += tile)
                        Attend<TV, TLanes, TElement>(span, stream, query, Math.Min(tile, stream.EndQuery - query), head, keys, values, keySums, valueSums, rest);
            AttentionTile.WriteRows<TV, TLanes, TElement>(keySums, padded, span.Keys, width, KeyGradient + start, geometry.KeyStride, 1);
            AttentionTile.WriteRows<TV, TLanes, TElement>(valueSums, padded, span.Keys, width, ValueGradient + start, geometry.KeyStride, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend<TV, TLanes, TElement>(
        AttentionSpan span, AttentionStream stream, int query, int queries, int head, float* keys, float* values, float* keySums, float* valueSums, float* rest)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        int width = geometry.Width, padded = AttentionTile.Padded<TV, TLanes>(width), tile = AttentionTile.Queries<TV, TLanes>();
        var some = (nint)(tile + MicroProduct.Rows) * padded;
        float* rows = rest, gradients = rows + some, mixed = gradients + some, turned = mixed + some, turnedGradients = turned + width * tile;
        var weights = turnedGradients + width * tile;
        var slopes = weights + (nint)(span.Keys + MicroProduct.Rows) * tile;
        var at = ((span.Query + query) * geometry.QueryStride + (nint)head * width) * TElement.Bytes;
        AttentionTile.CopyRows<TV, TLanes, TElement>(Queries + at, geometry.QueryStride, queries, width, rows, padded, geometry.Scale);
        AttentionTile.CopyRows<TV, TLanes, TElement>(Gradient + at, geometry.QueryStride, queries, width, gradients, padded, 1);
        AttentionTile.Turn<TV, TLanes>(rows, padded, queries, width, turned);
        AttentionTile.Turn<TV, TLanes>(gradients, padded, queries, width, turnedGradients);

        var visible = AttentionTile.Scores<TV, TLanes>(stream, query, queries, keys, padded, width, turned, weights);
        var own = visible - stream.SharedKeys;
        AttentionTile.EachRun<TV, TLanes>(stream, own, values, padded, width, turnedGradients, slopes);
        float* logSums = stackalloc float[2 * Reduction.Slots], alongs = stackalloc float[2 * Reduction.Slots];
        for (var i = 0; i < tile; i++)
        {
            // A lane without a query weighs nothing.
            logSums[i] = i < queries ? LogSums[(nint)(span.Query + query + i) * geometry.Heads + head] : float.PositiveInfinity;
            alongs[i] = i < queries ? Along<TV, TLanes, TElement>(Output + at + i * geometry.QueryStride * TElement.Bytes, gradients + (nint)i * padded, width) : 0;
        }
        for (var lane = 0; lane < tile; lane += TLanes.Count)
            Slopes<TV, TLanes>(weights + lane, slopes + lane, tile, visible, TLanes.Load(logSums + lane), TLanes.Load(alongs + lane));

        AttentionTile.Spread<TV, TLanes>(stream, own, queries, weights, gradients, padded, valueSums);
        AttentionTile.Spread<TV, TLanes>(stream, own, queries, slopes, rows, padded, keySums);
        AttentionTile.Mix<TV, TLanes>(stream, own, queries, slopes, keys, padded, mixed);
        AttentionTile.WriteRows<TV, TLanes, TElement>(mixed, padded, queries, width, QueryGradient + at, geometry.QueryStride, geometry.Scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slopes<TV, TLanes>(float* weights, float* slopes, int tile, int visible, TV logSums, TV alongs) where TLanes : struct, ILanes<TV>
    {
        for (nint key = 0; key < visible; key++)
        {
            var weight = Exponential.Exp<TV, TLanes>(TLanes.Subtract(TLanes.Load(weights + key * tile), logSums));
            TLanes.Store(weights + key * tile, weight);
            TLanes.Store(slopes + key * tile, TLanes.Multiply(weight, TLanes.Subtract(TLanes.Load(slopes + key * tile), alongs)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Along<TV, TLanes, TElement>(byte* output, float* gradient, int width) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            var sum = TLanes.Create(0);
            nint i = lane;
            for (; i <= width - TLanes.Count; i += Reduction.Slots) sum = TLanes.Fma(TElement.Load<TV, TLanes>(output, i), TLanes.Load(gradient + i), sum);
            if (i < width)
                sum = TLanes.Fma(
                    Reduction.LoadSome<TV, TLanes, TElement>(output, i, width - i, 0), Reduction.LoadSome<TV, TLanes, Float32Element>(gradient, i, width - i, 0), sum);
            TLanes.Store(slots + lane, sum);
        }
        return Reduction.Sum(slots);
    }
}
