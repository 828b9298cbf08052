using System.Globalization;
using System.Text;

namespace AlignSharp.Data.Checks;

/// <summary>Short pieces of texts that nobody can know beforehand, on one line and without anything that a terminal obeys.</summary>
internal static class Excerpt
{
    private const int Longest = 72, Before = 20;

    /// <summary>The beginning of a text.</summary>
    public static string Of(string text) => Around(text, 0);

    /// <summary>A text around a place.</summary>
    public static string Around(string text, int at)
    {
        var start = at <= Longest / 2 ? 0 : at - Before;
        var end = Math.Min(start + Longest, text.Length);
        if (IsInsidePair(text, start)) start--;
        if (IsInsidePair(text, end)) end++;
        return (start > 0 ? "..." : "") + Escaped(text.AsSpan(start, end - start)) + (end < text.Length ? "..." : "");
    }

    /// <summary>A text with its control and format characters, line breaks and lone surrogates written out.</summary>
    public static string Escaped(ReadOnlySpan<char> text)
    {
        var escaped = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            // Of what is no character the first unit is taken; the replacement that it decodes to is not shown.
            var isCharacter = Rune.DecodeFromUtf16(text, out var rune, out var units) == System.Buffers.OperationStatus.Done;
            if (isCharacter && IsShown(rune)) escaped.Append(text[..units]);
            else escaped.Append(Name(isCharacter ? rune.Value : text[0]));
            text = text[units..];
        }
        return escaped.ToString();
    }

    private static bool IsInsidePair(string text, int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse);

    private static string Name(int character) => character switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        <= 0xFFFF => $"\\u{character:X4}",
        _ => $"\\U{character:X8}",
    };
}
