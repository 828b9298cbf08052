using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Quantises to 4 bits by the rule of bitsandbytes' CUDA kernels: per block the largest magnitude, its reciprocal, and the number of thresholds that the
/// scaled value (for signed codes its magnitude) exceeds strictly, which numbers the code. An item is a run of elements.
/// </summary>
internal sealed unsafe class FourBitEncoding(long count, int blockSize) : IKernel
{
    /// <summary>Elements of an item: whole blocks of every size, and whole bytes.</summary>
    public const int RunElements = 4096;

    public required byte* Input { get; init; } // [count]

    public required byte* Codes { get; init; } // [ceil(count / 2)]

    public required float* Scales { get; init; } // [ceil(count / blockSize)], NaN or infinite where a value is

    /// <summary>Ascending.</summary>
    public required float[] Thresholds { get; init; }

    /// <summary>Code for a number of exceeded thresholds; one more than there are thresholds.</summary>
    public required byte[] CodeOf { get; init; }

    /// <summary>Whether the fourth bit is the sign, and thresholds are magnitudes.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>The code of zero, which fills the last byte of an odd count.</summary>
    public required byte ZeroCode { get; init; }

    /// <summary>Items of a number of elements.</summary>
    public static long Items(long elements) => (elements + RunElements - 1) / RunElements;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var codes = stackalloc byte[RunElements + 1];
        for (long item = first; item < end; item++)
        {
            var start = item * RunElements;
            var length = (int)Math.Min(RunElements, count - start);
            for (var i = 0; i < length; i += blockSize)
                Scales[(start + i) / blockSize] = Block<TV, TLanes, TElement>(Input + (start + i) * TElement.Bytes, Math.Min(blockSize, length - i), codes + i);
            codes[length] = ZeroCode;
            for (var i = 0; i < length; i += 2) Codes[(start + i) / 2] = (byte)((codes[i] << 4) | codes[i + 1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Block<TV, TLanes, TElement>(byte* from, int length, byte* codes) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var lanes = stackalloc float[16];
        var largest = TLanes.Create(0);
        nint i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count) largest = TLanes.Max(largest, Magnitude<TV, TLanes>(TElement.Load<TV, TLanes>(from, i)));
        TLanes.Store(lanes, largest);
        var absmax = 0f;
        for (var lane = 0; lane < TLanes.Count; lane++) absmax = LanesScalar.Max(absmax, lanes[lane]);
        for (; i < length; i++) absmax = LanesScalar.Max(absmax, MathF.Abs(TElement.Get(from, i)));

        // Zero times infinity is no number, which exceeds nothing: a block of zeros has the first code.
        var inverse = 1f / absmax;
        for (i = 0; i <= length - TLanes.Count; i += TLanes.Count)
        {
            var scaled = TLanes.Multiply(TElement.Load<TV, TLanes>(from, i), TLanes.Create(inverse));
            TLanes.Store(lanes, Exceeded<TV, TLanes>(scaled));
            for (var lane = 0; lane < TLanes.Count; lane++) codes[i + lane] = CodeOf[(int)lanes[lane]];
            if (IsSigned) AddSigns<TV, TLanes>(scaled, lanes, codes + i);
        }
        for (; i < length; i++)
        {
            var scaled = TElement.Get(from, i) * inverse;
            codes[i] = CodeOf[(int)Exceeded<float, LanesScalar>(scaled)];
            if (IsSigned) AddSigns<float, LanesScalar>(scaled, lanes, codes + i);
        }
        return absmax;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV Exceeded<TV, TLanes>(TV scaled) where TLanes : struct, ILanes<TV>
    {
        if (IsSigned) scaled = Magnitude<TV, TLanes>(scaled);
        TV none = TLanes.Create(0), one = TLanes.Create(1), sum = none;
        foreach (var threshold in Thresholds) sum = TLanes.Add(sum, TLanes.WhereLess(TLanes.Create(threshold), scaled, one, none));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSigns<TV, TLanes>(TV scaled, float* lanes, byte* codes) where TLanes : struct, ILanes<TV>
    {
        TLanes.Store(lanes, TLanes.WhereLess(scaled, TLanes.Create(0), TLanes.Create(8), TLanes.Create(0)));
        for (var lane = 0; lane < TLanes.Count; lane++) codes[lane] |= (byte)lanes[lane];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Magnitude<TV, TLanes>(TV value) where TLanes : struct, ILanes<TV> => TLanes.Max(value, TLanes.Subtract(TLanes.Create(0), value));
}
