using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Decodes stretches of a 4-bit matrix: table value times the block's scale in float32, rounded once. A block's sixteen possible values are made first, so that an
/// element is one look-up. Every width gives the same bits.
/// </summary>
internal static unsafe class FourBitDecoding
{
    private const int Values = 16;

    // Elements of a step of the look-ups: sixteen bytes.
    private const int Step = 32;

    /// <summary>Decodes elements that follow each other in row-major order.</summary>
    /// <typeparam name="TV">Vector of float32 lanes.</typeparam>
    /// <typeparam name="TLanes">Operations on it; the look-ups use vectors of the same width.</typeparam>
    /// <typeparam name="TElement">How they are stored.</typeparam>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First element.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">Where they go.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode<TV, TLanes, TElement>(in FourBitView matrix, long first, int count, void* to) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        if (TElement.Bytes == sizeof(ushort) && TLanes.Count >= Lanes512.Count && Avx512BW.IsSupported)
        {
            Halves512(matrix, first, count, (ushort*)to);
            return;
        }
        var values = stackalloc float[Values];
        var end = first + count;
        for (var i = first; i < end;)
        {
            var block = i >> matrix.BlockShift;
            var length = (int)(Math.Min(end, (block + 1) << matrix.BlockShift) - i);
            var scale = TLanes.Create(matrix.Scale(block));
            for (nint code = 0; code < Values; code += TLanes.Count) TElement.Store<TV, TLanes>(values, code, TLanes.Multiply(TLanes.Load(matrix.Table + code), scale));
            if (TElement.Bytes == sizeof(ushort)) Halves<TV, TLanes>(matrix.Codes, i, length, (ushort*)values, (ushort*)to);
            else Wholes<TV, TLanes>(matrix.Codes, i, length, values, (float*)to);
            to = (byte*)to + (nint)length * TElement.Bytes;
            i += length;
        }
    }

    /// <summary>Decodes with the widest vectors.</summary>
    /// <inheritdoc cref="Decode{TV, TLanes, TElement}"/>
    public static void Decode<TElement>(in FourBitView matrix, long first, int count, void* to) where TElement : struct, IElement
    {
        switch (CpuKernels.Widest)
        {
            case VectorWidth.Bits512:
                Decode<Vector512<float>, Lanes512, TElement>(matrix, first, count, to);
                break;
            case VectorWidth.Bits256:
                Decode<Vector256<float>, Lanes256, TElement>(matrix, first, count, to);
                break;
            case VectorWidth.Bits128:
                Decode<Vector128<float>, Lanes128, TElement>(matrix, first, count, to);
                break;
            default:
                Decode<float, LanesScalar, TElement>(matrix, first, count, to);
                break;
        }
    }

    // Vectors begin with a whole byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves<TV, TLanes>(byte* codes, long first, int count, ushort* values, ushort* to) where TLanes : struct, ILanes<TV>
    {
        var done = 0;
        if (first % 2 == 0 && TLanes.Count >= Lanes128.Count && Ssse3.IsSupported) done = Halves128(codes + first / 2, count, values, to);
        for (; done < count; done++) to[done] = values[Code(codes, first + done)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Wholes<TV, TLanes>(byte* codes, long first, int count, float* values, float* to) where TLanes : struct, ILanes<TV>
    {
        var done = 0;
        if (first % 2 == 0 && TLanes.Count >= Lanes512.Count && Avx512F.IsSupported) done = Wholes512(codes + first / 2, count, values, to);
        else if (first % 2 == 0 && TLanes.Count >= Lanes256.Count && Avx2.IsSupported) done = Wholes256(codes + first / 2, count, values, to);
        for (; done < count; done++) to[done] = values[Code(codes, first + done)];
    }

    private static int Code(byte* codes, long index) => index % 2 == 0 ? codes[index / 2] >> 4 : codes[index / 2] & 15;

    // The same for the case that training lives in; a block's values never leave the registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Halves512(in FourBitView matrix, long first, int count, ushort* to)
    {
        var (view, end) = (matrix, first + count);
        var table = Vector512.Load(view.Table);
        for (var i = first; i < end;)
        {
            var block = i >> view.BlockShift;
            var length = (int)(Math.Min(end, (block + 1) << view.BlockShift) - i);
            var rounded = Lanes512.Halves(table * Vector512.Create(view.Scale(block)));
            var (values, done) = (Vector512.Create(rounded, rounded), 0);
            if (i % 2 == 0)
            {
                // A byte becomes a word of two indices in the order of the elements.
                for (var codes = view.Codes + i / 2; done <= length - Step; done += Step)
                {
                    var bytes = Avx512F.ConvertToVector512UInt32(Vector128.Load(codes + done / 2));
                    var indices = ((bytes >>> 4) | (bytes << 16)) & Vector512.Create(0x000F000Fu);
                    Avx512BW.PermuteVar32x16(values, indices.AsUInt16()).Store(to + done);
                }
            }
            if (done < length) Rest(view.Codes, i, done, length, rounded, to);
            to += length;
            i += length;
        }
    }

    private static void Rest(byte* codes, long first, int done, int length, Vector256<ushort> values, ushort* to)
    {
        var table = stackalloc ushort[Values];
        values.Store(table);
        for (; done < length; done++) to[done] = table[Code(codes, first + done)];
    }

    // Lower and upper bytes of the values are looked up apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Halves128(byte* codes, int count, ushort* table, ushort* to)
    {
        Vector128<ushort> firstHalf = Vector128.Load(table), secondHalf = Vector128.Load(table + 8), low = Vector128.Create((ushort)0xFF);
        Vector128<byte> lower = Vector128.Narrow(firstHalf & low, secondHalf & low), upper = Vector128.Narrow(firstHalf >>> 8, secondHalf >>> 8), nibble = Vector128.Create((byte)15);
        var done = 0;
        for (; done <= count - Step; done += Step)
        {
            var bytes = Vector128.Load(codes + done / 2);
            Vector128<byte> even = (bytes.AsUInt16() >>> 4).AsByte() & nibble, odd = bytes & nibble;
            Vector128<byte> evenLower = Ssse3.Shuffle(lower, even), evenUpper = Ssse3.Shuffle(upper, even);
            Vector128<byte> oddLower = Ssse3.Shuffle(lower, odd), oddUpper = Ssse3.Shuffle(upper, odd);
            Interleave(Sse2.UnpackLow(evenLower, evenUpper), Sse2.UnpackLow(oddLower, oddUpper), to + done);
            Interleave(Sse2.UnpackHigh(evenLower, evenUpper), Sse2.UnpackHigh(oddLower, oddUpper), to + done + Step / 2);
        }
        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector128<byte> even, Vector128<byte> odd, ushort* to)
    {
        Sse2.UnpackLow(even.AsUInt16(), odd.AsUInt16()).Store(to);
        Sse2.UnpackHigh(even.AsUInt16(), odd.AsUInt16()).Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Wholes512(byte* codes, int count, float* table, float* to)
    {
        var values = Vector512.Load(table);
        Vector512<int> lower = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), upper = lower + Vector512.Create(8);
        var done = 0;
        for (; done <= count - Step; done += Step)
        {
            var bytes = Avx512F.ConvertToVector512Int32(Vector128.Load(codes + done / 2));
            var even = Avx512F.PermuteVar16x32(values, bytes >>> 4);
            var odd = Avx512F.PermuteVar16x32(values, bytes & Vector512.Create(15));
            Avx512F.PermuteVar16x32x2(even, lower, odd).Store(to + done);
            Avx512F.PermuteVar16x32x2(even, upper, odd).Store(to + done + Step / 2);
        }
        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Wholes256(byte* codes, int count, float* table, float* to)
    {
        Vector256<float> first = Vector256.Load(table), second = Vector256.Load(table + 8);
        var done = 0;
        for (; done <= count - Step / 2; done += Step / 2)
        {
            var bytes = Avx2.ConvertToVector256Int32(codes + done / 2);
            Vector256<float> even = LookUp(first, second, bytes >>> 4), odd = LookUp(first, second, bytes & Vector256.Create(15));
            Vector256<float> low = Avx.UnpackLow(even, odd), high = Avx.UnpackHigh(even, odd);
            Avx.Permute2x128(low, high, 0x20).Store(to + done);
            Avx.Permute2x128(low, high, 0x31).Store(to + done + 8);
        }
        return done;
    }

    // The fourth bit chooses between the halves of the table; as a sign it is what a blend reads.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LookUp(Vector256<float> first, Vector256<float> second, Vector256<int> indices) =>
        Avx.BlendVariable(Avx2.PermuteVar8x32(first, indices), Avx2.PermuteVar8x32(second, indices), (indices << 28).AsSingle());
}
