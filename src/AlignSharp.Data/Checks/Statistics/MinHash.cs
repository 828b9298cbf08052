using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AlignSharp.Data.Checks.Statistics;

/// <summary>
/// MinHash signatures (Broder 1997): the share of places at which two signatures agree estimates the Jaccard similarity of their sets,
/// with a standard deviation of at most 0.045.
/// </summary>
internal sealed class MinHash
{
    /// <summary>Numbers of a signature.</summary>
    public const int Length = 128;

    private readonly uint[] _factors = new uint[Length];
    private readonly uint[] _offsets = new uint[Length];

    /// <summary>Chooses the hash functions.</summary>
    /// <param name="seed">Equal seeds give equal functions.</param>
    public MinHash(ulong seed)
    {
        for (var i = 0; i < Length; i++)
        {
            var random = TextHash.Mix(seed, (ulong)i + 1);
            (_factors[i], _offsets[i]) = ((uint)random | 1, (uint)(random >> 32));
        }
    }

    /// <summary>The signature of a set of hashes.</summary>
    public uint[] Signature(ReadOnlySpan<ulong> set)
    {
        var signature = new uint[Length];
        Array.Fill(signature, uint.MaxValue);
        var factors = MemoryMarshal.Cast<uint, Vector256<uint>>(_factors);
        var offsets = MemoryMarshal.Cast<uint, Vector256<uint>>(_offsets);
        var least = MemoryMarshal.Cast<uint, Vector256<uint>>(signature.AsSpan());
        foreach (var element in set)
        {
            var hash = Vector256.Create((uint)(element >> 32));
            for (var i = 0; i < least.Length; i++) least[i] = Vector256.Min(least[i], hash * factors[i] + offsets[i]);
        }
        return signature;
    }

    /// <summary>The estimated Jaccard similarity of the sets of two signatures.</summary>
    public static double Similarity(ReadOnlySpan<uint> one, ReadOnlySpan<uint> other)
    {
        var equal = 0;
        for (var i = 0; i < Length; i++)
            if (one[i] == other[i]) equal++;
        return (double)equal / Length;
    }
}
