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

    private const int Square = 16;
    private const int PrefetchSquares = 4;
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

    // Terms run along memory: a pair of them is 32 bits, and the panel is the transpose of these.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TurnPairs(ushort* from, nint stride, int pairs, uint* to)
    {
        nint pair = 0;
        if (Avx512F.IsSupported)
            for (; pair <= pairs - Square; pair += Square)
                for (nint column = 0; column < Columns; column += Square) TurnSquare(from + column * stride + 2 * pair, stride, to + pair * Columns + column);
        for (; pair < pairs; pair++)
            for (nint column = 0; column < Columns; column++) to[pair * Columns + column] = *(uint*)(from + column * stride + 2 * pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnSquare(ushort* from, nint stride, uint* to)
    {
        // More rows than the processor follows by itself, so their next lines are asked for ahead.
        for (nint row = 0; row < Square; row++) Sse.Prefetch0(from + row * stride + 2 * PrefetchSquares * Square);
        for (var quarter = 0; quarter < Square / 4; quarter++) TurnQuarter(from + 8 * quarter, stride, to + 4 * quarter * Columns);
    }

    // Four 32-bit values of each of sixteen rows become four rows of sixteen: pairs of rows are interleaved, then pairs of these.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnQuarter(ushort* from, nint stride, uint* to)
    {
        Vector512<uint> r0 = Rows(from, stride), r1 = Rows(from + stride, stride), r2 = Rows(from + 2 * stride, stride), r3 = Rows(from + 3 * stride, stride);
        Vector512<uint> low01 = Avx512F.UnpackLow(r0, r1), high01 = Avx512F.UnpackHigh(r0, r1), low23 = Avx512F.UnpackLow(r2, r3), high23 = Avx512F.UnpackHigh(r2, r3);
        Avx512F.UnpackLow(low01.AsUInt64(), low23.AsUInt64()).AsUInt32().Store(to);
        Avx512F.UnpackHigh(low01.AsUInt64(), low23.AsUInt64()).AsUInt32().Store(to + Columns);
        Avx512F.UnpackLow(high01.AsUInt64(), high23.AsUInt64()).AsUInt32().Store(to + 2 * Columns);
        Avx512F.UnpackHigh(high01.AsUInt64(), high23.AsUInt64()).AsUInt32().Store(to + 3 * Columns);
    }

    // Four values each of a row and of the rows 4, 8 and 12 behind it, so that the interleaving leaves the rows in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rows(ushort* from, nint stride) => Vector512.Create(
        Vector256.Create(Four(from), Four(from + 4 * stride)), Vector256.Create(Four(from + 8 * stride), Four(from + 12 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(ushort* from) => Vector128.Load((uint*)from);

    // Columns run along memory: two rows are interleaved.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(ushort* from, nint stride, int terms, uint* to)
    {
        for (var term = 0; term < terms; term += 2, from += 2 * stride, to += Columns)
        {
            if (Sse.IsSupported) PrefetchRow(from + PrefetchRows * stride);
            if (Sse.IsSupported) PrefetchRow(from + (PrefetchRows + 1) * stride);
            for (nint column = 0; column < Columns; column += Square)
            {
                var (evenLow, evenHigh) = Vector256.Widen(Vector256.Load(from + column));
                var (oddLow, oddHigh) = Vector256.Widen(Vector256.Load(from + stride + column));
                (evenLow | (oddLow << 16)).Store(to + column);
                (evenHigh | (oddHigh << 16)).Store(to + column + Square / 2);
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
