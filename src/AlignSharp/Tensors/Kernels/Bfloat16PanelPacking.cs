using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Copies the right factor of a bfloat16 product into panels in which two terms of a column lie side by side, as the microkernel reads them, the missing
/// columns of the last panel zero; an item is a panel.
/// </summary>
internal sealed unsafe class Bfloat16PanelPacking(MatrixView matrix) : IKernel
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 64;

    private const int Square = 16;

    public required ushort* Panels { get; init; } // [panels, terms / 2, columns, 2]

    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var panel = first; panel < end; panel++)
        {
            var to = (uint*)(Panels + (nint)panel * matrix.Rows * Columns);
            var start = panel * Columns;
            var count = Math.Min(Columns, matrix.Columns - start);
            if (count < Columns) new Span<uint>(to, matrix.Rows / 2 * Columns).Clear();
            if (matrix.RowStride == 1 && count == Columns) TurnPairs((ushort*)matrix.At(0, start), to);
            else if (matrix.ColumnStride == 1 && count == Columns) Interleave((ushort*)matrix.At(0, start), to);
            else CopyOneByOne(start, count, (ushort*)to);
        }
    }

    // Terms run along memory: a pair of them is 32 bits, and the panel is the transpose of these.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TurnPairs(ushort* from, uint* to)
    {
        nint pairs = matrix.Rows / 2, stride = matrix.ColumnStride, pair = 0;
        if (Avx512F.IsSupported)
            for (; pair <= pairs - Square; pair += Square)
                for (nint column = 0; column < Columns; column += Square) TurnSquare(from + column * stride + 2 * pair, stride, to + pair * Columns + column);
        for (; pair < pairs; pair++)
            for (nint column = 0; column < Columns; column++) to[pair * Columns + column] = *(uint*)(from + column * stride + 2 * pair);
    }

    // Sixteen rows of sixteen 32-bit values: pairs of rows are interleaved, then pairs of these, then quarters of a vector are exchanged twice.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnSquare(ushort* from, nint stride, uint* to)
    {
        for (var quarter = 0; quarter < 4; quarter++)
            TurnQuarter(from, stride, quarter, to);
    }

    // Quarter q makes the output's rows 4q to 4q + 3: columns 4q to 4q + 3 of all sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnQuarter(ushort* from, nint stride, int quarter, uint* to)
    {
        from += 8 * quarter;
        Vector512<uint> r0 = Rows(from, stride, 0), r1 = Rows(from, stride, 1), r2 = Rows(from, stride, 2), r3 = Rows(from, stride, 3);
        Vector512<uint> low01 = Avx512F.UnpackLow(r0, r1), high01 = Avx512F.UnpackHigh(r0, r1), low23 = Avx512F.UnpackLow(r2, r3), high23 = Avx512F.UnpackHigh(r2, r3);
        to += 4 * quarter * Columns;
        Avx512F.UnpackLow(low01.AsUInt64(), low23.AsUInt64()).AsUInt32().Store(to);
        Avx512F.UnpackHigh(low01.AsUInt64(), low23.AsUInt64()).AsUInt32().Store(to + Columns);
        Avx512F.UnpackLow(high01.AsUInt64(), high23.AsUInt64()).AsUInt32().Store(to + 2 * Columns);
        Avx512F.UnpackHigh(high01.AsUInt64(), high23.AsUInt64()).AsUInt32().Store(to + 3 * Columns);
    }

    // Four values each of rows i, i + 4, i + 8 and i + 12, so that the interleaving above leaves the rows in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rows(ushort* from, nint stride, int i) => Vector512.Create(
        Vector256.Create(Four(from + i * stride), Four(from + (i + 4) * stride)), Vector256.Create(Four(from + (i + 8) * stride), Four(from + (i + 12) * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(ushort* from) => Vector128.Load((uint*)from);

    // Columns run along memory: two rows are interleaved.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interleave(ushort* from, uint* to)
    {
        var stride = matrix.RowStride;
        for (nint term = 0; term < matrix.Rows; term += 2, from += 2 * stride, to += Columns)
        {
            for (nint column = 0; column < Columns; column += Square)
            {
                Vector256<ushort> even = Vector256.Load(from + column), odd = Vector256.Load(from + stride + column);
                var (evenLow, evenHigh) = Vector256.Widen(even);
                var (oddLow, oddHigh) = Vector256.Widen(odd);
                (evenLow | (oddLow << 16)).Store(to + column);
                (evenHigh | (oddHigh << 16)).Store(to + column + 8);
            }
        }
    }

    private void CopyOneByOne(int start, int count, ushort* to)
    {
        for (var term = 0; term < matrix.Rows; term++)
            for (var column = 0; column < count; column++)
                to[(nint)(term / 2) * 2 * Columns + 2 * column + term % 2] = *(ushort*)matrix.At(term, start + column);
    }
}
