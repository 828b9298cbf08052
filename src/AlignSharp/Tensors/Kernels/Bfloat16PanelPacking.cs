using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Copies a strip of columns of the right factor of a bfloat16 product into a panel, in which two terms of a column lie side by side as the microkernel reads
/// them; columns that the matrix lacks are zero.
/// </summary>
internal static unsafe class Bfloat16PanelPacking
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 64;

    private const int Vector = 16;
    private const int PrefetchRows = 16;

    /// <summary>Packs some terms of a strip.</summary>
    /// <param name="matrix">The right factor.</param>
    /// <param name="column">First column of the strip.</param>
    /// <param name="term">First term, even.</param>
    /// <param name="terms">How many, even.</param>
    /// <param name="panel"><c>[terms / 2, columns, 2]</c>.</param>
    public static void Pack(MatrixView matrix, int column, int term, int terms, ushort* panel)
    {
        var count = Math.Min(Columns, matrix.Columns - column);
        if (count < Columns) new Span<uint>(panel, terms / 2 * Columns).Clear();
        var from = (ushort*)matrix.At(term, column);
        if (matrix.RowStride == 1 && count == Columns) TurnPairs(from, matrix.ColumnStride, terms / 2, (uint*)panel);
        else if (matrix.ColumnStride == 1 && count == Columns) Interleave(from, matrix.RowStride, terms, (uint*)panel);
        else CopyOneByOne(from, matrix.RowStride, matrix.ColumnStride, terms, count, panel);
    }

    // Terms run along memory: a pair of them is a word, and the panel is the transpose of these.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TurnPairs(ushort* from, nint stride, int pairs, uint* to)
    {
        nint pair = 0;
        if (WordSquare.IsSupported)
            for (; pair <= pairs - WordSquare.Side; pair += WordSquare.Side)
                for (nint column = 0; column < Columns; column += WordSquare.Side)
                    WordSquare.Turn((byte*)(from + column * stride + 2 * pair), stride * sizeof(ushort), to + pair * Columns + column, Columns);
        for (; pair < pairs; pair++)
            for (nint column = 0; column < Columns; column++) to[pair * Columns + column] = *(uint*)(from + column * stride + 2 * pair);
    }

    // Columns run along memory: two rows are interleaved.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(ushort* from, nint stride, int terms, uint* to)
    {
        for (var term = 0; term < terms; term += 2, from += 2 * stride, to += Columns)
        {
            if (Sse.IsSupported) PrefetchRow(from + PrefetchRows * stride);
            if (Sse.IsSupported) PrefetchRow(from + (PrefetchRows + 1) * stride);
            for (nint column = 0; column < Columns; column += Vector)
            {
                var (evenLow, evenHigh) = Vector256.Widen(Vector256.Load(from + column));
                var (oddLow, oddHigh) = Vector256.Widen(Vector256.Load(from + stride + column));
                (evenLow | (oddLow << 16)).Store(to + column);
                (evenHigh | (oddHigh << 16)).Store(to + column + Vector / 2);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchRow(ushort* row)
    {
        Sse.Prefetch0(row);
        Sse.Prefetch0(row + Columns / 2);
    }

    private static void CopyOneByOne(ushort* from, nint rowStride, nint columnStride, int terms, int count, ushort* to)
    {
        for (nint term = 0; term < terms; term++)
            for (nint column = 0; column < count; column++)
                to[term / 2 * 2 * Columns + 2 * column + term % 2] = from[term * rowStride + column * columnStride];
    }
}
