using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Adds rows, each times its coefficient, to the rows that a list names, which may repeat; an item is a strip of columns, so that no two threads meet.
/// </summary>
internal sealed unsafe class RowScattering(int rows, int width) : IKernel
{
    /// <summary>Columns of an item.</summary>
    public const int Strip = 64;

    public required byte* Input { get; init; } // [rows, width]

    public required float* Coefficients { get; init; } // [rows], or null for 1

    public required long* Rows { get; init; } // [rows]

    public required byte* Output { get; init; } // [any, width]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        int start = first * Strip, stop = Math.Min(width, end * Strip);
        for (var row = 0; row < rows; row++)
        {
            var from = Input + (nint)row * width * TElement.Bytes;
            var to = Output + (nint)Rows[row] * width * TElement.Bytes;
            var coefficient = Coefficients is null ? 1 : Coefficients[row];
            var coefficients = TLanes.Create(coefficient);
            nint i = start;
            for (; i <= stop - TLanes.Count; i += TLanes.Count)
                TElement.Store<TV, TLanes>(to, i, TLanes.Fma(TElement.Load<TV, TLanes>(from, i), coefficients, TElement.Load<TV, TLanes>(to, i)));
            for (; i < stop; i++) TElement.Set(to, i, MathF.FusedMultiplyAdd(TElement.Get(from, i), coefficient, TElement.Get(to, i)));
        }
    }
}
