using System.Runtime.CompilerServices;
using TorchSharp;

namespace AlignSharp.Tensors.Kernels;

/// <summary><see cref="FewRowsProduct"/> with a 4-bit weight: an item is a group of its rows, which are decoded and used while they are in the core's cache.</summary>
internal sealed unsafe class FourBitFewRowsProduct(MatrixView output, FourBitView weight, float scale, bool add) : IKernel
{
    /// <summary>Rows of the weight in an item.</summary>
    public const int Group = 4 * FewRowsProduct.Group;

    public required float* Left { get; init; } // [rows, terms]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var terms = (int)weight.Columns;
        var rows = Scratch.Floats(Group * (long)terms);
        for (var item = first; item < end; item++)
        {
            var column = item * Group;
            var columns = Math.Min(Group, (int)weight.Rows - column);
            // Row by row: the stretch of a group need not be one of whole blocks either.
            for (nint row = 0; row < columns; row++) FourBitDecoding.Decode<TV, TLanes, TElement>(weight, (column + row) * weight.Columns, terms, (byte*)rows + row * terms * TElement.Bytes);
            var decoded = new MatrixView((nint)rows, TElement.Bytes == sizeof(float) ? torch.ScalarType.Float32 : torch.ScalarType.BFloat16, columns, terms, terms, 1);
            new FewRowsProduct(output with { Data = output.At(0, column), Columns = columns }, decoded, terms, scale, add) { Left = Left }
                .Run<TV, TLanes, TElement>(0, (columns + FewRowsProduct.Group - 1) / FewRowsProduct.Group);
        }
    }
}
