using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// <c>output (+)= scale · left · weightᵀ</c> for a handful of rows on the left: the weight, which is all of the traffic, is read once and in order. An item is a
/// row of the weight.
/// </summary>
internal sealed unsafe class FewRowsProduct(MatrixView output, MatrixView weight, int terms, float scale, bool add) : IKernel
{
    /// <summary>The most rows on the left; beyond, a tiled product reads less.</summary>
    public const int MostRows = 8;

    private const int RowsAtOnce = 4;

    public required float* Left { get; init; } // [rows, terms]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var sums = stackalloc float[RowsAtOnce];
        for (var column = first; column < end; column++)
        {
            var w = (byte*)weight.At(column, 0);
            for (var row = 0; row < output.Rows; row += RowsAtOnce)
            {
                var rows = Math.Min(RowsAtOnce, output.Rows - row);
                var left = Left + (nint)row * terms;
                if (rows == RowsAtOnce) Four<TV, TLanes, TElement>(left, w, sums);
                else
                    for (var i = 0; i < rows; i++) sums[i] = One<TV, TLanes, TElement>(left + (nint)i * terms, w);
                for (var i = 0; i < rows; i++) Write(row + i, column, sums[i] * scale);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(int row, int column, float value)
    {
        var to = (void*)output.At(row, column);
        if (output.Type == TorchSharp.torch.ScalarType.BFloat16) Bfloat16Element.Set(to, 0, add ? Bfloat16Element.Get(to, 0) + value : value);
        else Float32Element.Set(to, 0, add ? Float32Element.Get(to, 0) + value : value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float One<TV, TLanes, TElement>(float* x, byte* w) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            var sum = TLanes.Create(0);
            nint i = lane;
            for (; i <= terms - TLanes.Count; i += Reduction.Slots) sum = TLanes.Fma(TElement.Load<TV, TLanes>(w, i), TLanes.Load(x + i), sum);
            if (i < terms) sum = TLanes.Fma(Rest<TV, TLanes, TElement>(w, i), Rest<TV, TLanes, Float32Element>(x, i), sum);
            TLanes.Store(slots + lane, sum);
        }
        return Reduction.Sum(slots);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Four<TV, TLanes, TElement>(float* x, byte* w, float* sums) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[RowsAtOnce * Reduction.Slots];
        float* x1 = x + terms, x2 = x1 + terms, x3 = x2 + terms;
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            TV a = TLanes.Create(0), b = a, c = a, d = a;
            nint i = lane;
            for (; i <= terms - TLanes.Count; i += Reduction.Slots)
            {
                var weights = TElement.Load<TV, TLanes>(w, i);
                a = TLanes.Fma(weights, TLanes.Load(x + i), a);
                b = TLanes.Fma(weights, TLanes.Load(x1 + i), b);
                c = TLanes.Fma(weights, TLanes.Load(x2 + i), c);
                d = TLanes.Fma(weights, TLanes.Load(x3 + i), d);
            }
            if (i < terms)
            {
                var weights = Rest<TV, TLanes, TElement>(w, i);
                a = TLanes.Fma(weights, Rest<TV, TLanes, Float32Element>(x, i), a);
                b = TLanes.Fma(weights, Rest<TV, TLanes, Float32Element>(x1, i), b);
                c = TLanes.Fma(weights, Rest<TV, TLanes, Float32Element>(x2, i), c);
                d = TLanes.Fma(weights, Rest<TV, TLanes, Float32Element>(x3, i), d);
            }
            TLanes.Store(slots + lane, a);
            TLanes.Store(slots + Reduction.Slots + lane, b);
            TLanes.Store(slots + 2 * Reduction.Slots + lane, c);
            TLanes.Store(slots + 3 * Reduction.Slots + lane, d);
        }
        for (var row = 0; row < RowsAtOnce; row++) sums[row] = Reduction.Sum(slots + row * Reduction.Slots);
    }

    private TV Rest<TV, TLanes, TElement>(void* row, nint i) where TLanes : struct, ILanes<TV> where TElement : struct, IElement =>
        Reduction.LoadSome<TV, TLanes, TElement>(row, i, terms - i, 0);
}
