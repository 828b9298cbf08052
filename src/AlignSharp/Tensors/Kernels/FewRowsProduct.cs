using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// <c>output (+)= scale · left · weightᵀ</c> for a handful of rows on the left: the weight, which is all of the traffic, is read once and in order. An item is
/// a group of rows of the weight, which are outputs side by side.
/// </summary>
internal sealed unsafe class FewRowsProduct(MatrixView output, MatrixView weight, int terms, float scale, bool add) : IKernel
{
    /// <summary>The most rows on the left; beyond, a tiled product reads less.</summary>
    public const int MostRows = 8;

    /// <summary>Rows of the weight in an item: two rows on the left by these are as many chains of additions as hide each other's delay.</summary>
    public const int Group = 4;

    // Slots of a row on the left in a tile.
    private const int Row = Group * Reduction.Slots;

    // Memory is requested so many groups before it is read.
    private const int PrefetchGroups = 2;
    private const int LineBytes = 64;

    public required float* Left { get; init; } // [rows, terms]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[4 * Row];
        var step = TLanes.Count == Reduction.Slots && output.Rows > 2 ? 4 : 2;
        for (var item = first; item < end; item++)
        {
            var column = item * Group;
            var (columns, stride) = (Math.Min(Group, weight.Rows - column), weight.RowStride * TElement.Bytes);
            Prefetch((byte*)weight.At(column, 0) + PrefetchGroups * Group * stride, Group * stride);
            for (var row = 0; row < output.Rows; row += step)
            {
                var rows = Math.Min(step, output.Rows - row);
                Multiply<TV, TLanes, TElement>(row, rows, column, columns, slots);
                for (var i = 0; i < rows; i++) Write(row + i, column, columns, Reduction.SumOfFour(slots + i * Row));
            }
        }
    }

    // The slots of a tile; where there are fewer rows than it has, the last stands in for the missing ones.
    private void Multiply<TV, TLanes, TElement>(int row, int rows, int column, int columns, float* slots)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        void* w0 = WeightRow(0), w1 = WeightRow(1), w2 = WeightRow(2), w3 = WeightRow(3);
        float* x0 = LeftRow(0), x1 = LeftRow(1);
        nint whole = terms / Reduction.Slots * Reduction.Slots;
        if (rows > 2) MultiplyFour<TV, TLanes, TElement>(x0, x1, LeftRow(2), LeftRow(3), w0, w1, w2, w3, whole, slots);
        else MultiplyTwo<TV, TLanes, TElement>(x0, x1, w0, w1, w2, w3, whole, slots);
        if (whole == terms) return;
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) AddRest<TElement>(LeftRow(i), WeightRow(j), whole, slots + i * Row + j * Reduction.Slots);

        void* WeightRow(int index) => (void*)weight.At(column + Math.Min(index, columns - 1), 0);
        float* LeftRow(int index) => Left + (nint)(row + Math.Min(index, rows - 1)) * terms;
    }

    private static void Prefetch(byte* from, nint bytes)
    {
        if (!Sse.IsSupported) return;
        for (nint i = 0; i < bytes; i += LineBytes) Sse.Prefetch0(from + i);
    }

    private void Write(int row, int column, int columns, Vector128<float> sums)
    {
        var to = (void*)output.At(row, column);
        if (output.Type == torch.ScalarType.BFloat16) Write<Bfloat16Element>(to, columns, sums);
        else Write<Float32Element>(to, columns, sums);
    }

    private void Write<TOutput>(void* to, int columns, Vector128<float> sums) where TOutput : struct, IElement
    {
        sums *= scale;
        if (columns == Group)
        {
            TOutput.Store<Vector128<float>, Lanes128>(to, 0, add ? TOutput.Load<Vector128<float>, Lanes128>(to, 0) + sums : sums);
            return;
        }
        for (var i = 0; i < columns; i++) TOutput.Set(to, i, add ? TOutput.Get(to, i) + sums[i] : sums[i]);
    }

    // Two rows on the left by four of the weight. No other method is called while the sums are
    // in registers, or they would live on the stack.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTwo<TV, TLanes, TElement>(float* x0, float* x1, void* w0, void* w1, void* w2, void* w3, nint whole, float* slots)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            TV a0 = TLanes.Create(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            for (nint i = lane; i < whole; i += Reduction.Slots)
            {
                TV x = TLanes.Load(x0 + i), y = TLanes.Load(x1 + i);
                var w = TElement.Load<TV, TLanes>(w0, i);
                (a0, b0) = (TLanes.Fma(w, x, a0), TLanes.Fma(w, y, b0));
                w = TElement.Load<TV, TLanes>(w1, i);
                (a1, b1) = (TLanes.Fma(w, x, a1), TLanes.Fma(w, y, b1));
                w = TElement.Load<TV, TLanes>(w2, i);
                (a2, b2) = (TLanes.Fma(w, x, a2), TLanes.Fma(w, y, b2));
                w = TElement.Load<TV, TLanes>(w3, i);
                (a3, b3) = (TLanes.Fma(w, x, a3), TLanes.Fma(w, y, b3));
            }
            Store<TV, TLanes>(slots + lane, a0, a1, a2, a3);
            Store<TV, TLanes>(slots + lane + Row, b0, b1, b2, b3);
        }
    }

    // Four rows by four, where there are registers for that.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFour<TV, TLanes, TElement>(float* x0, float* x1, float* x2, float* x3, void* w0, void* w1, void* w2, void* w3, nint whole, float* slots)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            TV a0 = TLanes.Create(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            TV c0 = a0, c1 = a0, c2 = a0, c3 = a0, d0 = a0, d1 = a0, d2 = a0, d3 = a0;
            for (nint i = lane; i < whole; i += Reduction.Slots)
            {
                TV x = TLanes.Load(x0 + i), y = TLanes.Load(x1 + i), z = TLanes.Load(x2 + i), u = TLanes.Load(x3 + i);
                var w = TElement.Load<TV, TLanes>(w0, i);
                (a0, b0, c0, d0) = (TLanes.Fma(w, x, a0), TLanes.Fma(w, y, b0), TLanes.Fma(w, z, c0), TLanes.Fma(w, u, d0));
                w = TElement.Load<TV, TLanes>(w1, i);
                (a1, b1, c1, d1) = (TLanes.Fma(w, x, a1), TLanes.Fma(w, y, b1), TLanes.Fma(w, z, c1), TLanes.Fma(w, u, d1));
                w = TElement.Load<TV, TLanes>(w2, i);
                (a2, b2, c2, d2) = (TLanes.Fma(w, x, a2), TLanes.Fma(w, y, b2), TLanes.Fma(w, z, c2), TLanes.Fma(w, u, d2));
                w = TElement.Load<TV, TLanes>(w3, i);
                (a3, b3, c3, d3) = (TLanes.Fma(w, x, a3), TLanes.Fma(w, y, b3), TLanes.Fma(w, z, c3), TLanes.Fma(w, u, d3));
            }
            Store<TV, TLanes>(slots + lane, a0, a1, a2, a3);
            Store<TV, TLanes>(slots + lane + Row, b0, b1, b2, b3);
            Store<TV, TLanes>(slots + lane + 2 * Row, c0, c1, c2, c3);
            Store<TV, TLanes>(slots + lane + 3 * Row, d0, d1, d2, d3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TV, TLanes>(float* slots, TV sum0, TV sum1, TV sum2, TV sum3) where TLanes : struct, ILanes<TV>
    {
        TLanes.Store(slots, sum0);
        TLanes.Store(slots + Reduction.Slots, sum1);
        TLanes.Store(slots + 2 * Reduction.Slots, sum2);
        TLanes.Store(slots + 3 * Reduction.Slots, sum3);
    }

    // The terms behind the last sixteen.
    private void AddRest<TElement>(float* x, void* w, nint whole, float* slots) where TElement : struct, IElement
    {
        for (var i = whole; i < terms; i++) slots[i - whole] = MathF.FusedMultiplyAdd(TElement.Get(w, i), x[i], slots[i - whole]);
    }
}
