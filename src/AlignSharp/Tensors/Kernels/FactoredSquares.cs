using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Sums of (scale · g)² + ε over the rows and, a strip at a time, over the columns of a gradient; an item is a strip of rows.</summary>
internal sealed unsafe class FactoredSquares(long rows, int columns) : IKernel
{
    /// <summary>Rows of an item.</summary>
    public const int StripRows = 32;

    public required byte* Gradient { get; init; } // [rows, columns]

    public required float* RowSums { get; init; } // [rows]

    public required float* ColumnSums { get; init; } // [strips, columns]

    /// <summary>Factor on the gradient, from clipping.</summary>
    public required float GradientScale { get; init; }

    public required float Epsilon { get; init; }

    /// <summary>Strips of a matrix.</summary>
    public static long Strips(long rows) => (rows + StripRows - 1) / StripRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var strip = first; strip < end; strip++)
        {
            var sums = ColumnSums + (nint)strip * columns;
            new Span<float>(sums, columns).Clear();
            var last = Math.Min(rows, (strip + 1L) * StripRows);
            for (var row = (long)strip * StripRows; row < last; row++) RowSums[row] = AddRow<TV, TLanes, TElement>(Gradient + (nint)row * columns * TElement.Bytes, sums);
        }
    }

    private float AddRow<TV, TLanes, TElement>(byte* row, float* sums) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        new Span<float>(slots, Reduction.Slots).Clear();
        nint i = 0;
        for (; i <= columns - Reduction.Slots; i += Reduction.Slots)
            for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
            {
                var square = Square<TV, TLanes>(TElement.Load<TV, TLanes>(row, i + lane));
                TLanes.Store(sums + i + lane, TLanes.Add(TLanes.Load(sums + i + lane), square));
                TLanes.Store(slots + lane, TLanes.Add(TLanes.Load(slots + lane), square));
            }
        for (var slot = 0; i < columns; i++, slot++)
        {
            var square = Square<float, LanesScalar>(TElement.Get(row, i));
            sums[i] += square;
            slots[slot] += square;
        }
        return Reduction.Sum(slots);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV Square<TV, TLanes>(TV gradient) where TLanes : struct, ILanes<TV>
    {
        var scaled = TLanes.Multiply(gradient, TLanes.Create(GradientScale));
        return TLanes.Fma(scaled, scaled, TLanes.Create(Epsilon));
    }
}
