using AlignSharp.Tensors.Kernels;

namespace AlignSharp.Quantization;

/// <summary>
/// 8-bit block-wise quantisation (Dettmers et al. 2021, arXiv:2110.02861) by the rule of bitsandbytes' CUDA code: a block keeps its largest
/// magnitude, and each value the index of the entry of a map that is nearest to value · (1/magnitude), both in float32. An exact midpoint goes to the even index.
/// </summary>
public static class BlockwiseCodec
{
    /// <summary>Number of blocks; the last one may be short.</summary>
    /// <param name="count">Number of values.</param>
    /// <param name="blockSize">Values of a block.</param>
    public static int Blocks(int count, int blockSize) => (count + blockSize - 1) / blockSize;

    /// <summary>Quantises. A block of zeros has magnitude 0 and code 0 throughout; NaN has code 0 and does not count for the magnitude.</summary>
    /// <param name="values">float32 <c>[n]</c>.</param>
    /// <param name="map">256 values in rising order, such as <see cref="DynamicMap.Signed"/>.</param>
    /// <param name="blockSize">Values of a block.</param>
    /// <param name="codes">Receives an index a value, <c>[n]</c>.</param>
    /// <param name="absmax">Receives a magnitude a block, <c>[<see cref="Blocks"/>]</c>.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static unsafe void Quantize(ReadOnlySpan<float> values, ReadOnlySpan<float> map, int blockSize, Span<byte> codes, Span<float> absmax)
    {
        RequireSizes(values.Length, map, blockSize, codes.Length, absmax.Length);
        var thresholds = stackalloc float[NearestCode.Entries];
        NearestCode.FindThresholds(map, new Span<float>(thresholds, NearestCode.Entries));
        for (var block = 0; block < absmax.Length; block++)
        {
            var start = block * blockSize;
            var some = values[start..Math.Min(start + blockSize, values.Length)];
            absmax[block] = Magnitude(some);
            var inverse = 1 / absmax[block];
            for (var i = 0; i < some.Length; i++) codes[start + i] = (byte)NearestCode.Of(some[i] * inverse, thresholds);
        }
    }

    /// <summary>Gives back map[code] · magnitude, in float32.</summary>
    /// <param name="codes">An index a value, <c>[n]</c>.</param>
    /// <param name="absmax">A magnitude a block, <c>[<see cref="Blocks"/>]</c>.</param>
    /// <param name="map">The map that the codes index, <c>[256]</c>.</param>
    /// <param name="blockSize">Values of a block.</param>
    /// <param name="values">Receives float32 <c>[n]</c>.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void Dequantize(ReadOnlySpan<byte> codes, ReadOnlySpan<float> absmax, ReadOnlySpan<float> map, int blockSize, Span<float> values)
    {
        RequireSizes(values.Length, map, blockSize, codes.Length, absmax.Length);
        for (var i = 0; i < codes.Length; i++) values[i] = map[codes[i]] * absmax[i / blockSize];
    }

    private static float Magnitude(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            if (MathF.Abs(value) > largest) largest = MathF.Abs(value);
        return largest;
    }

    private static void RequireSizes(int values, ReadOnlySpan<float> map, int blockSize, int codes, int absmax)
    {
        if (map.Length != NearestCode.Entries) throw new ArgumentException($"a map of {map.Length} values; expected {NearestCode.Entries}", nameof(map));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        if (codes != values) throw new ArgumentException($"{codes} codes for {values} values", nameof(codes));
        if (absmax != Blocks(values, blockSize)) throw new ArgumentException($"{absmax} magnitudes for {Blocks(values, blockSize)} blocks", nameof(absmax));
    }
}
