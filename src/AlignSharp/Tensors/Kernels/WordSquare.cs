using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Transposes squares of sixteen by sixteen 32-bit words, as packing needs it where the terms of a product run along memory.</summary>
internal static unsafe class WordSquare
{
    /// <summary>Side of a square.</summary>
    public const int Side = 16;

    // More rows than the processor follows by itself, so what comes four squares later is asked for ahead.
    private const int PrefetchBytes = 4 * Side * sizeof(uint);

    /// <summary>Whether the processor has the instructions; without, words are copied one by one.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Transposes a square.</summary>
    /// <param name="from">First word of sixteen rows of sixteen.</param>
    /// <param name="stride">Bytes from a row to the next.</param>
    /// <param name="to">First word of the result.</param>
    /// <param name="toStride">Words from a row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(byte* from, nint stride, uint* to, nint toStride)
    {
        for (nint row = 0; row < Side; row++) Sse.Prefetch0(from + row * stride + PrefetchBytes);
        for (var quarter = 0; quarter < Side / 4; quarter++) TurnQuarter(from + quarter * 4 * sizeof(uint), stride, to + quarter * 4 * toStride, toStride);
    }

    // Four words of each of sixteen rows become four rows of sixteen: pairs of rows are interleaved, then pairs of these.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnQuarter(byte* from, nint stride, uint* to, nint toStride)
    {
        Vector512<uint> r0 = Rows(from, stride), r1 = Rows(from + stride, stride), r2 = Rows(from + 2 * stride, stride), r3 = Rows(from + 3 * stride, stride);
        Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64(), high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        Vector512<ulong> low23 = Avx512F.UnpackLow(r2, r3).AsUInt64(), high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        Avx512F.UnpackLow(low01, low23).AsUInt32().Store(to);
        Avx512F.UnpackHigh(low01, low23).AsUInt32().Store(to + toStride);
        Avx512F.UnpackLow(high01, high23).AsUInt32().Store(to + 2 * toStride);
        Avx512F.UnpackHigh(high01, high23).AsUInt32().Store(to + 3 * toStride);
    }

    // Four words each of a row and of the rows 4, 8 and 12 behind it, so that the interleaving leaves the rows in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rows(byte* from, nint stride) => Vector512.Create(
        Vector256.Create(Four(from), Four(from + 4 * stride)), Vector256.Create(Four(from + 8 * stride), Four(from + 12 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(byte* from) => Vector128.Load((uint*)from);
}
