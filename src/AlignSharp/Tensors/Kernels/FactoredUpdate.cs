using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary><c>p = keep · p + step · rowFactor · columnFactor · g</c> over the rows of a parameter; an item is a row.</summary>
internal sealed unsafe class FactoredUpdate(int columns) : IKernel
{
    public required byte* Parameter { get; init; } // [rows, columns]

    public required byte* Gradient { get; init; } // [rows, columns]

    public required float* RowFactors { get; init; } // [rows]

    public required float* ColumnFactors { get; init; } // [columns]

    public required float Keep { get; init; }

    public required float Step { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var row = first; row < end; row++)
        {
            var start = (nint)row * columns * TElement.Bytes;
            byte* parameter = Parameter + start, gradient = Gradient + start;
            nint i = 0;
            for (; i <= columns - TLanes.Count; i += TLanes.Count)
            {
                var part = TLanes.Multiply(TLanes.Multiply(TLanes.Create(RowFactors[row]), TLanes.Load(ColumnFactors + i)), TElement.Load<TV, TLanes>(gradient, i));
                TElement.Store<TV, TLanes>(parameter, i, TLanes.Fma(part, TLanes.Create(Step), TLanes.Multiply(TElement.Load<TV, TLanes>(parameter, i), TLanes.Create(Keep))));
            }
            for (; i < columns; i++)
            {
                var part = RowFactors[row] * ColumnFactors[i] * TElement.Get(gradient, i);
                TElement.Set(parameter, i, MathF.FusedMultiplyAdd(part, Step, TElement.Get(parameter, i) * Keep));
            }
        }
    }
}
