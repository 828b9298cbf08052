using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// The innermost product: a tile of six rows by two vectors in registers, over as many terms as there are. All products of the kernels
/// (attention included) are made of it. Each element is one chain of fused multiply-adds in the order of the terms, in every vector width.
/// </summary>
internal static unsafe class MicroProduct
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a tile.</summary>
    public static int Columns<TV, TLanes>() where TLanes : struct, ILanes<TV> => 2 * TLanes.Count;

    /// <summary><c>c = a·b</c>, or <c>c += a·b</c>.</summary>
    /// <param name="a">First element of six rows.</param>
    /// <param name="rowStride">Elements from a row of a to the next.</param>
    /// <param name="termStride">Elements from a term of a row to the next.</param>
    /// <param name="b"><c>[terms, columns]</c>.</param>
    /// <param name="bStride">Elements from a row of b to the next.</param>
    /// <param name="terms">Number of terms.</param>
    /// <param name="c"><c>[6, columns]</c>.</param>
    /// <param name="cStride">Elements from a row of c to the next.</param>
    /// <param name="add">Whether c holds a sum to go on with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile<TV, TLanes>(float* a, nint rowStride, nint termStride, float* b, nint bStride, nint terms, float* c, nint cStride, bool add)
        where TLanes : struct, ILanes<TV>
    {
        nint width = TLanes.Count, row2 = 2 * rowStride, row3 = 3 * rowStride, row4 = 4 * rowStride, row5 = 5 * rowStride;
        TV zero = TLanes.Create(0);
        TV c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
        if (add)
        {
            (c00, c01) = (TLanes.Load(c), TLanes.Load(c + width));
            (c10, c11) = (TLanes.Load(c + cStride), TLanes.Load(c + cStride + width));
            (c20, c21) = (TLanes.Load(c + 2 * cStride), TLanes.Load(c + 2 * cStride + width));
            (c30, c31) = (TLanes.Load(c + 3 * cStride), TLanes.Load(c + 3 * cStride + width));
            (c40, c41) = (TLanes.Load(c + 4 * cStride), TLanes.Load(c + 4 * cStride + width));
            (c50, c51) = (TLanes.Load(c + 5 * cStride), TLanes.Load(c + 5 * cStride + width));
        }
        for (nint term = 0; term < terms; term++)
        {
            TV b0 = TLanes.Load(b), b1 = TLanes.Load(b + width);
            var x = TLanes.Create(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            c01 = TLanes.Fma(x, b1, c01);
            x = TLanes.Create(a[rowStride]);
            c10 = TLanes.Fma(x, b0, c10);
            c11 = TLanes.Fma(x, b1, c11);
            x = TLanes.Create(a[row2]);
            c20 = TLanes.Fma(x, b0, c20);
            c21 = TLanes.Fma(x, b1, c21);
            x = TLanes.Create(a[row3]);
            c30 = TLanes.Fma(x, b0, c30);
            c31 = TLanes.Fma(x, b1, c31);
            x = TLanes.Create(a[row4]);
            c40 = TLanes.Fma(x, b0, c40);
            c41 = TLanes.Fma(x, b1, c41);
            x = TLanes.Create(a[row5]);
            c50 = TLanes.Fma(x, b0, c50);
            c51 = TLanes.Fma(x, b1, c51);
            a += termStride;
            b += bStride;
        }
        Store<TV, TLanes>(c, width, c00, c01);
        Store<TV, TLanes>(c + cStride, width, c10, c11);
        Store<TV, TLanes>(c + 2 * cStride, width, c20, c21);
        Store<TV, TLanes>(c + 3 * cStride, width, c30, c31);
        Store<TV, TLanes>(c + 4 * cStride, width, c40, c41);
        Store<TV, TLanes>(c + 5 * cStride, width, c50, c51);
    }

    /// <summary>The same for any number of rows and a multiple of a tile's columns; reads up to five rows of a behind the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block<TV, TLanes>(float* a, nint rowStride, nint termStride, nint rows, float* b, nint bStride, nint columns, nint terms, float* c, nint cStride, bool add)
        where TLanes : struct, ILanes<TV>
    {
        nint tile = 2 * TLanes.Count;
        var whole = rows / Rows * Rows;
        for (nint column = 0; column < columns; column += tile)
            for (nint row = 0; row < whole; row += Rows)
                Tile<TV, TLanes>(a + row * rowStride, rowStride, termStride, b + column, bStride, terms, c + row * cStride + column, cStride, add);
        if (whole < rows) LastRows<TV, TLanes>(a + whole * rowStride, rowStride, termStride, rows - whole, b, bStride, columns, terms, c + whole * cStride, cStride, add);
    }

    // Through a tile of its own, since rows behind the last one are another's.
    private static void LastRows<TV, TLanes>(float* a, nint rowStride, nint termStride, nint rows, float* b, nint bStride, nint columns, nint terms, float* c, nint cStride, bool add)
        where TLanes : struct, ILanes<TV>
    {
        nint width = TLanes.Count, tile = 2 * width;
        var rest = stackalloc float[Rows * 2 * Reduction.Slots];
        for (nint column = 0; column < columns; column += tile)
        {
            for (nint i = 0; add && i < rows * tile; i += width) TLanes.Store(rest + i, TLanes.Load(c + i / tile * cStride + column + i % tile));
            Tile<TV, TLanes>(a, rowStride, termStride, b + column, bStride, terms, rest, tile, add);
            for (nint i = 0; i < rows * tile; i += width) TLanes.Store(c + i / tile * cStride + column + i % tile, TLanes.Load(rest + i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TV, TLanes>(float* to, nint width, TV first, TV second) where TLanes : struct, ILanes<TV>
    {
        TLanes.Store(to, first);
        TLanes.Store(to + width, second);
    }
}
