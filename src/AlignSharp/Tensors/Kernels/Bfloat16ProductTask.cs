using System.Runtime.CompilerServices;
using AlignSharp.Runtime;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// <c>output (+)= scale · left · right</c> of bfloat16 factors, the right one in panels, on libtorch's microkernel; an item is a block of rows times a run of
/// panels. Sums are float32 and rounded once.
/// </summary>
internal sealed unsafe class Bfloat16ProductTask(MatrixView output, MatrixView left, int panelRuns, float scale, bool add) : IKernel
{
    /// <summary>Rows of an item.</summary>
    public const int BlockRows = 128;

    // The microkernel is generated for each number of rows, so a last block is filled up to a multiple of this.
    private const int RowStep = 16;

    // Terms whose panel and rows stay in the second cache together.
    private const int BlockTerms = 2048;

    private const int Columns = Bfloat16PanelPacking.Columns;

    public required ushort* Panels { get; init; } // [panels, terms / 2, columns, 2]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var panels = (output.Columns + Columns - 1) / Columns;
        nint terms = left.Columns;
        var sums = Scratch.Floats(BlockRows * Columns + BlockRows * terms / 2);
        for (var item = first; item < end; item++)
        {
            var start = item / panelRuns * BlockRows;
            var run = item % panelRuns;
            var rows = Math.Min(BlockRows, output.Rows - start);
            var block = Left(start, rows, (ushort*)(sums + BlockRows * Columns), out var stride);
            var filled = (rows + RowStep - 1) / RowStep * RowStep;
            for (var panel = panels * run / panelRuns; panel < panels * (run + 1) / panelRuns; panel++)
            {
                var right = Panels + panel * terms * Columns;
                for (nint term = 0; term < terms; term += BlockTerms)
                    TorchNatives.MultiplyBlock(filled, Columns, Math.Min(BlockTerms, terms - term), block + term, stride, right + term * Columns, sums, Columns, add: term > 0);
                for (var row = 0; row < rows; row++)
                    Write<TV, TLanes, TElement>(sums + row * Columns, (void*)output.At(start + row, panel * Columns), Math.Min(Columns, output.Columns - panel * Columns));
            }
        }
        TorchNatives.ReleaseBlockRegisters();
    }

    // Rows are read where they are; a last block that is not full, and columns that are not contiguous, are copied.
    private ushort* Left(int start, int rows, ushort* copy, out nint stride)
    {
        nint terms = left.Columns;
        stride = left.RowStride;
        if (left.ColumnStride == 1 && rows % RowStep == 0) return (ushort*)left.At(start, 0);
        stride = terms;
        if (left.ColumnStride == 1)
            for (var row = 0; row < rows; row++) Buffer.MemoryCopy((void*)left.At(start + row, 0), copy + row * terms, terms * sizeof(ushort), terms * sizeof(ushort));
        else
            for (var term = 0; term < terms; term++)
                for (var row = 0; row < rows; row++) copy[row * terms + term] = *(ushort*)left.At(start + row, term);
        for (var row = rows; row % RowStep != 0; row++) new Span<ushort>(copy + row * terms, (int)terms).Clear();
        return copy;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<TV, TLanes, TElement>(float* sums, void* to, int count) where TLanes : struct, ILanes<TV> where TElement : struct, IElement =>
        ProductTask.Write<TV, TLanes, TElement>(sums, to, count, scale, add);
}
