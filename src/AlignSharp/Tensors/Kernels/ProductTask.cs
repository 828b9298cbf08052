using System.Runtime.CompilerServices;
using TorchSharp;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// <c>output (+)= scale · left · right</c> with the right factor in panels; an item is a block of rows times a run of panels. Sums are float32
/// whatever the types, and rounded once.
/// </summary>
internal sealed unsafe class ProductTask(MatrixView output, MatrixView left, int panelRuns, float scale, bool add) : IKernel
{
    /// <summary>Rows of an item.</summary>
    public const int BlockRows = 16 * MicroProduct.Rows;

    // A panel of so many terms stays in the first cache while the rows of a block pass by.
    private const int BlockTerms = 256;

    public required float* Panels { get; init; } // [panels, terms, columns of a panel]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var columns = MicroProduct.Columns<TV, TLanes>();
        var panels = (output.Columns + columns - 1) / columns;
        var terms = left.Columns;
        var sums = Scratch.Floats(BlockRows * columns + (long)BlockRows * terms);
        for (var item = first; item < end; item++)
        {
            var start = item / panelRuns * BlockRows;
            var run = item % panelRuns;
            var rows = Math.Min(BlockRows, output.Rows - start);
            var block = Left<TV, TLanes>(start, rows, sums + BlockRows * columns);
            for (var panel = panels * run / panelRuns; panel < panels * (run + 1) / panelRuns; panel++)
            {
                Multiply<TV, TLanes>(block, rows, Panels + (nint)panel * terms * columns, columns, sums);
                for (var row = 0; row < rows; row++)
                    Write<TV, TLanes, TElement>(sums + row * columns, (void*)output.At(start + row, panel * columns), Math.Min(columns, output.Columns - panel * columns), scale, add);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Multiply<TV, TLanes>(Block block, int rows, float* panel, int columns, float* sums) where TLanes : struct, ILanes<TV>
    {
        var terms = left.Columns;
        for (nint term = 0; term < terms; term += BlockTerms)
        {
            var some = Math.Min(BlockTerms, terms - term);
            for (nint row = 0; row < rows; row += MicroProduct.Rows)
                MicroProduct.Tile<TV, TLanes>(
                    block.Data + row * block.RowStride + term * block.TermStride, block.RowStride, block.TermStride,
                    panel + term * columns, columns, some, sums + row * columns, columns, add: term > 0);
        }
    }

    // Float32 rows are read where they are; others, and a last block that is not full, are copied beside a multiple of six rows.
    private Block Left<TV, TLanes>(int start, int rows, float* copy) where TLanes : struct, ILanes<TV>
    {
        if (left.Type == torch.ScalarType.Float32 && left.ColumnStride == 1 && rows % MicroProduct.Rows == 0) return new Block((float*)left.At(start, 0), left.RowStride, left.ColumnStride);
        return left.Type == torch.ScalarType.BFloat16 ? Copy<TV, TLanes, Bfloat16Element>(start, rows, copy) : Copy<TV, TLanes, Float32Element>(start, rows, copy);
    }

    // Along whichever dimension is contiguous, so that the copy is a stream.
    private Block Copy<TV, TLanes, TElement>(int start, int rows, float* copy) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var terms = left.Columns;
        if (left.RowStride == 1 && terms > 1)
        {
            for (var term = 0; term < terms; term++)
                CopyLine<TV, TLanes, TElement>((void*)left.At(start, term), 1, rows, copy + (nint)term * BlockRows, BlockRows);
            return new Block(copy, 1, BlockRows);
        }
        for (var row = 0; row < rows; row++)
            CopyLine<TV, TLanes, TElement>((void*)left.At(start + row, 0), left.ColumnStride, terms, copy + (nint)row * terms, terms);
        var padded = (rows + MicroProduct.Rows - 1) / MicroProduct.Rows * MicroProduct.Rows;
        new Span<float>(copy + (nint)rows * terms, (padded - rows) * terms).Clear();
        return new Block(copy, terms, 1);
    }

    private static void CopyLine<TV, TLanes, TElement>(void* from, nint stride, int count, float* to, int room) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint i = 0;
        if (stride == 1)
            for (; i <= count - TLanes.Count; i += TLanes.Count) TLanes.Store(to + i, TElement.Load<TV, TLanes>(from, i));
        for (; i < count; i++) to[i] = TElement.Get(from, i * stride);
        for (; i < room; i++) to[i] = 0;
    }

    /// <summary>Rounds a row of sums into the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write<TV, TLanes, TElement>(float* sums, void* to, int count, float scale, bool add) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var scales = TLanes.Create(scale);
        nint i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            var value = TLanes.Multiply(TLanes.Load(sums + i), scales);
            if (add) value = TLanes.Add(value, TElement.Load<TV, TLanes>(to, i));
            TElement.Store<TV, TLanes>(to, i, value);
        }
        for (; i < count; i++) TElement.Set(to, i, add ? sums[i] * scale + TElement.Get(to, i) : sums[i] * scale);
    }

    private readonly struct Block(float* data, nint rowStride, nint termStride)
    {
        public float* Data => data;

        public nint RowStride => rowStride;

        public nint TermStride => termStride;
    }
}
