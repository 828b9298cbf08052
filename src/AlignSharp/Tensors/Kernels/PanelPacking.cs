using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Copies the right factor of a product into panels of <see cref="MicroProduct.Columns"/> columns, float32, the missing columns of the last one zero; an
/// item is a panel.
/// </summary>
internal sealed unsafe class PanelPacking(MatrixView matrix) : IKernel
{
    // Terms that are turned together where the source runs along them: a cache line of the source at a time.
    private const int TurnedTerms = 16;

    public required float* Panels { get; init; } // [panels, terms, columns of a panel]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var columns = MicroProduct.Columns<TV, TLanes>();
        for (var panel = first; panel < end; panel++)
        {
            var to = Panels + (nint)panel * matrix.Rows * columns;
            var start = panel * columns;
            var count = Math.Min(columns, matrix.Columns - start);
            if (count < columns) new Span<float>(to, matrix.Rows * columns).Clear();
            if (matrix.ColumnStride == 1 && count == columns) CopyRows<TV, TLanes, TElement>(start, to);
            else if (matrix.RowStride == 1 && count == columns && columns % WordSquare.Side == 0 && WordSquare.IsSupported && TElement.Bytes == sizeof(float))
                TurnSquares<TElement>(start, columns, to);
            else Turn<TElement>(start, count, columns, 0, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyRows<TV, TLanes, TElement>(int start, float* to) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var term = 0; term < matrix.Rows; term++, to += 2 * TLanes.Count)
        {
            var from = (void*)matrix.At(term, start);
            TLanes.Store(to, TElement.Load<TV, TLanes>(from, 0));
            TLanes.Store(to + TLanes.Count, TElement.Load<TV, TLanes>(from, TLanes.Count));
        }
    }

    // Float32 terms that run along memory.
    private void TurnSquares<TElement>(int start, int columns, float* to) where TElement : struct, IElement
    {
        var whole = matrix.Rows / WordSquare.Side * WordSquare.Side;
        for (nint term = 0; term < whole; term += WordSquare.Side)
            for (nint column = 0; column < columns; column += WordSquare.Side)
                WordSquare.Turn((byte*)matrix.At(term, start + column), matrix.ColumnStride * sizeof(float), (uint*)to + term * columns + column, columns);
        Turn<TElement>(start, columns, columns, whole, to + (nint)whole * columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Turn<TElement>(int start, int count, int columns, int firstTerm, float* to) where TElement : struct, IElement
    {
        var stride = matrix.RowStride;
        for (var term = firstTerm; term < matrix.Rows; term += TurnedTerms, to += TurnedTerms * columns)
        {
            var terms = Math.Min(TurnedTerms, matrix.Rows - term);
            for (var column = 0; column < count; column++)
            {
                var from = (void*)matrix.At(term, start + column);
                for (var t = 0; t < terms; t++) to[t * columns + column] = TElement.Get(from, t * stride);
            }
        }
    }
}
