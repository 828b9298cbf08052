using System.Globalization;
using AlignSharp.Data.Faults;

namespace AlignSharp.Benchmarks.Shapes;

/// <summary>Lengths in tokens, from the shortest to the longest, both included.</summary>
/// <param name="Shortest">At least 1.</param>
/// <param name="Longest">At least <paramref name="Shortest"/>.</param>
internal readonly record struct LengthRange(int Shortest, int Longest)
{
    /// <summary>Whether all lengths are equal.</summary>
    public bool IsFixed => Shortest == Longest;

    /// <summary>Reads <c>128</c> or <c>32:256</c>.</summary>
    /// <param name="option">Name of the option, for the message.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="ConfigurationException">The value is neither.</exception>
    public static LengthRange Parse(string option, string text)
    {
        var ends = text.Split(':');
        return ends.Length <= 2 && TryRead(ends[0], out var shortest) && TryRead(ends[^1], out var longest) && shortest <= longest
            ? new LengthRange(shortest, longest)
            : throw new ConfigurationException($"option --{option}: {text} is no length; expected a number of tokens, or SHORTEST:LONGEST");
    }

    /// <summary>The range as the command line takes it.</summary>
    public override string ToString() =>
        IsFixed ? Shortest.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Shortest}:{Longest}");

    private static bool TryRead(string text, out int length) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length > 0;
}
