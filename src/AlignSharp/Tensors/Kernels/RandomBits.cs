namespace AlignSharp.Tensors.Kernels;

/// <summary>Random numbers that are a function of a counter, so that they can be made again: a 32-bit mixing function of two multiplications (Wellons 2018, "lowbias32").</summary>
internal static class RandomBits
{
    /// <summary>The first odd factor.</summary>
    public const uint First = 0x7FEB352D;

    /// <summary>The second odd factor.</summary>
    public const uint Second = 0x846CA68B;

    /// <summary>2⁻²⁴: what makes 24 bits a number of [0, 1).</summary>
    public const float Unit = 1f / (1 << 24);

    /// <summary>Spreads a number over all bits.</summary>
    public static uint Mix(uint x)
    {
        x = (x ^ (x >>> 16)) * First;
        x = (x ^ (x >>> 15)) * Second;
        return x ^ (x >>> 16);
    }

    /// <summary>The key of a row.</summary>
    public static uint OfRow(ulong key, int row) => Mix((uint)key + Mix((uint)(key >> 32) ^ Mix((uint)row)));
}
