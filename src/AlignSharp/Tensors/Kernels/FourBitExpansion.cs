using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Decodes a whole 4-bit matrix; an item is a run of elements.</summary>
internal sealed unsafe class FourBitExpansion(FourBitView matrix) : IKernel
{
    /// <summary>Elements of an item: whole blocks of every size.</summary>
    public const int RunElements = 4096;

    public required byte* Output { get; init; } // [rows, columns]

    /// <summary>Items of a matrix.</summary>
    public static long Items(long elements) => (elements + RunElements - 1) / RunElements;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var elements = matrix.Rows * matrix.Columns;
        for (long item = first; item < end; item++)
        {
            var start = item * RunElements;
            FourBitDecoding.Decode<TV, TLanes, TElement>(matrix, start, (int)Math.Min(RunElements, elements - start), Output + start * TElement.Bytes);
        }
    }
}
