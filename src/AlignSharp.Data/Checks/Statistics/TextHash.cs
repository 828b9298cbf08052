using System.Runtime.InteropServices;

namespace AlignSharp.Data.Checks.Statistics;

/// <summary>Hashes of 64 bits that are the same in every process: multiply and fold, four UTF-16 units at a time. Not safe against forgery.</summary>
internal static class TextHash
{
    private const ulong First = 0x9E3779B97F4A7C15, Second = 0xD6E8FEB86659FD93, Third = 0xC2B2AE3D27D4EB4F;

    /// <summary>The hash of a text; the length counts, so that a text and its beginning differ.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        var hash = Mix(seed, (ulong)text.Length);
        foreach (var word in MemoryMarshal.Cast<char, ulong>(text)) hash = Mix(hash ^ word, Third);
        ulong rest = 0;
        foreach (var unit in text[(text.Length & ~3)..]) rest = (rest << 16) | unit;
        return Mix(hash ^ rest, Third);
    }

    /// <summary>One number of two, with all bits of either in all bits of it.</summary>
    public static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a + First, b ^ Second, out var low);
        return high ^ low;
    }
}
