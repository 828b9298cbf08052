using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Attention of one new query a sequence over keys that are kept, as generation asks for it: each key and value is read once, in place. An item is a sequence
/// and a key-value head.
/// </summary>
internal sealed unsafe class AttentionDecode(AttentionGeometry geometry, IReadOnlyList<AttentionSpan> spans) : IKernel
{
    private const int VectorsAtOnce = 4;

    public required byte* Queries { get; init; } // [tokens, heads, width]

    public required byte* Keys { get; init; }

    public required byte* Values { get; init; }

    public required byte* Output { get; init; } // [tokens, heads, width]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var width = geometry.Width;
        for (var item = first; item < end; item++)
        {
            var span = spans[item / geometry.KeyHeads];
            var keyHead = item % geometry.KeyHeads;
            var start = (span.Key + keyHead * geometry.KeyHeadStride) * TElement.Bytes;
            var query = Scratch.Floats(width + span.Keys + Reduction.Slots);
            var weights = query + width;
            for (var head = keyHead * geometry.Shared; head < (keyHead + 1) * geometry.Shared; head++)
            {
                // The one query belongs to the last key.
                var at = ((span.Query + span.Keys - 1) * geometry.QueryStride + (nint)head * width) * TElement.Bytes;
                AttentionTile.CopyRows<TV, TLanes, TElement>(Queries + at, 0, 1, width, query, width, geometry.Scale);
                for (var key = 0; key < span.Keys; key++)
                    weights[key] = Product<TV, TLanes, TElement>(Keys + start + key * geometry.KeyStride * TElement.Bytes, query, width);
                var share = 1 / Softmax<TV, TLanes>(weights, span.Keys);
                Mix<TV, TLanes, TElement>(weights, span.Keys, Values + start, share, Output + at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Product<TV, TLanes, TElement>(byte* key, float* query, int width) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            var sum = TLanes.Create(0);
            nint i = lane;
            for (; i <= width - TLanes.Count; i += Reduction.Slots) sum = TLanes.Fma(TElement.Load<TV, TLanes>(key, i), TLanes.Load(query + i), sum);
            if (i < width)
                sum = TLanes.Fma(
                    Reduction.LoadSome<TV, TLanes, TElement>(key, i, width - i, 0), Reduction.LoadSome<TV, TLanes, Float32Element>(query, i, width - i, 0), sum);
            TLanes.Store(slots + lane, sum);
        }
        return Reduction.Sum(slots);
    }

    // Leaves e^(score - max); returns their sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Softmax<TV, TLanes>(float* scores, int count) where TLanes : struct, ILanes<TV>
    {
        var largest = float.NegativeInfinity;
        for (var i = 0; i < count; i++) largest = MathF.Max(largest, scores[i]);
        for (var i = count; i < count + Reduction.Slots; i++) scores[i] = float.NegativeInfinity;
        var (shift, sum) = (TLanes.Create(largest), 0f);
        for (nint i = 0; i < count; i += TLanes.Count) TLanes.Store(scores + i, Exponential.Exp<TV, TLanes>(TLanes.Subtract(TLanes.Load(scores + i), shift)));
        for (var i = 0; i < count; i++) sum += scores[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix<TV, TLanes, TElement>(float* weights, int count, byte* values, float share, byte* output) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var width = geometry.Width;
        var stride = geometry.KeyStride * TElement.Bytes;
        var shares = TLanes.Create(share);
        nint i = 0;
        for (; i <= width - VectorsAtOnce * TLanes.Count; i += VectorsAtOnce * TLanes.Count)
        {
            TV a = TLanes.Create(0), b = a, c = a, d = a;
            var row = values;
            for (var key = 0; key < count; key++, row += stride)
            {
                var weight = TLanes.Create(weights[key]);
                a = TLanes.Fma(TElement.Load<TV, TLanes>(row, i), weight, a);
                b = TLanes.Fma(TElement.Load<TV, TLanes>(row, i + TLanes.Count), weight, b);
                c = TLanes.Fma(TElement.Load<TV, TLanes>(row, i + 2 * TLanes.Count), weight, c);
                d = TLanes.Fma(TElement.Load<TV, TLanes>(row, i + 3 * TLanes.Count), weight, d);
            }
            TElement.Store<TV, TLanes>(output, i, TLanes.Multiply(a, shares));
            TElement.Store<TV, TLanes>(output, i + TLanes.Count, TLanes.Multiply(b, shares));
            TElement.Store<TV, TLanes>(output, i + 2 * TLanes.Count, TLanes.Multiply(c, shares));
            TElement.Store<TV, TLanes>(output, i + 3 * TLanes.Count, TLanes.Multiply(d, shares));
        }
        for (; i < width; i++)
        {
            var sum = 0f;
            for (var key = 0; key < count; key++) sum = MathF.FusedMultiplyAdd(TElement.Get(values + key * stride, i), weights[key], sum);
            TElement.Set(output, i, sum * share);
        }
    }
}
