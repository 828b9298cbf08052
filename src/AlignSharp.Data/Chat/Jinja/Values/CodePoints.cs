using System.Globalization;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Strings as Python counts them: in code points, not in UTF-16 units.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        var pairs = 0;
        for (var i = 0; i + 1 < text.Length; i++)
            if (IsPair(text, i))
            {
                pairs++;
                i++;
            }
        return text.Length - pairs;
    }

    /// <summary>Each code point as a string.</summary>
    public static string[] Split(string text)
    {
        var points = new string[Count(text)];
        var at = 0;
        for (var i = 0; i < points.Length; i++)
        {
            var length = IsPair(text, at) ? 2 : 1;
            points[i] = length == 1 && text[at] < 128 ? Ascii[text[at]] : text.Substring(at, length);
            at += length;
        }
        return points;
    }

    /// <summary>Each code point as a string, one after the other.</summary>
    public static IEnumerable<string> Each(string text)
    {
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = IsPair(text, at) ? 2 : 1;
            yield return length == 1 && text[at] < 128 ? Ascii[text[at]] : text.Substring(at, length);
        }
    }

    /// <summary>The code points from the last to the first.</summary>
    public static string Reverse(string text)
    {
        var reversed = text.ToCharArray();
        Array.Reverse(reversed);
        // Pairs stand the wrong way round now.
        for (var i = 0; i + 1 < reversed.Length; i++)
        {
            if (!char.IsLowSurrogate(reversed[i]) || !char.IsHighSurrogate(reversed[i + 1])) continue;
            (reversed[i], reversed[i + 1]) = (reversed[i + 1], reversed[i]);
            i++;
        }
        return new string(reversed);
    }

    /// <summary>UTF-16 units of the first or the last code point.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, bool atStart)
    {
        if (text.Length < 2) return text.Length;
        var (first, second) = atStart ? (text[0], text[1]) : (text[^2], text[^1]);
        return char.IsHighSurrogate(first) && char.IsLowSurrogate(second) ? 2 : 1;
    }

    /// <summary>UTF-16 index of the n-th code point.</summary>
    public static int IndexOf(string text, int point)
    {
        var at = 0;
        for (; point > 0; point--) at += IsPair(text, at) ? 2 : 1;
        return at;
    }

    /// <summary>Order by code points: below zero, zero or above, as <see cref="string.CompareOrdinal(string, string)"/>.</summary>
    public static int Compare(string left, string right)
    {
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length) return left.Length.CompareTo(right.Length);
        var (a, b) = (left[at], right[at]);
        // Surrogates stand for code points above all that a single unit can hold.
        if (char.IsSurrogate(a) != char.IsSurrogate(b)) return char.IsSurrogate(a) && b >= 0xD800 ? 1 : char.IsSurrogate(b) && a >= 0xD800 ? -1 : a.CompareTo(b);
        return a.CompareTo(b);
    }

    /// <summary>Python's str.isspace of one character.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    public static string Upper(string text) => text.Replace("ß", "SS", StringComparison.Ordinal).ToUpper(CultureInfo.InvariantCulture);

    public static string Lower(string text) => text.ToLower(CultureInfo.InvariantCulture);

    /// <summary>First code point in upper case, the others in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0) return text;
        var first = IsPair(text, 0) ? 2 : 1;
        return Upper(text[..first]) is "SS" ? "Ss" + Lower(text[first..]) : Upper(text[..first]) + Lower(text[first..]);
    }

    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];

    private static bool IsPair(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
}
