using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Sums of the squares of rowFactor · columnFactor · g over the rows of a gradient; an item is a row.</summary>
internal sealed unsafe class FactoredNorm(int columns) : IKernel
{
    public required byte* Gradient { get; init; } // [rows, columns]

    public required float* RowFactors { get; init; } // [rows]

    public required float* ColumnFactors { get; init; } // [columns]

    public required float* Sums { get; init; } // [rows]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var row = first; row < end; row++)
        {
            var gradient = Gradient + (nint)row * columns * TElement.Bytes;
            for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
            {
                var (sum, factor) = (TLanes.Create(0), TLanes.Create(RowFactors[row]));
                nint i = lane;
                for (; i <= columns - TLanes.Count; i += Reduction.Slots)
                {
                    var part = TLanes.Multiply(TLanes.Multiply(factor, TLanes.Load(ColumnFactors + i)), TElement.Load<TV, TLanes>(gradient, i));
                    sum = TLanes.Fma(part, part, sum);
                }
                if (i < columns)
                {
                    var some = Reduction.LoadSome<TV, TLanes, Float32Element>(ColumnFactors, i, columns - i, 0);
                    var part = TLanes.Multiply(TLanes.Multiply(factor, some), Reduction.LoadSome<TV, TLanes, TElement>(gradient, i, columns - i, 0));
                    sum = TLanes.Fma(part, part, sum);
                }
                TLanes.Store(slots + lane, sum);
            }
            Sums[row] = Reduction.Sum(slots);
        }
    }
}
