using System.Buffers;

namespace AlignSharp.Data.Checks.Statistics;

/// <summary>
/// Finds UTF-8 that was read as Latin-1 or Windows-1252. Evidence is a run of characters whose bytes are valid UTF-8; since honest
/// French, German or Portuguese can end a word with such a letter before a quotation mark or a fixed space, signs that may stand there
/// are evidence only where the letter could not.
/// </summary>
internal static class MisreadUtf8
{
    // What Windows-1252 has at the bytes 80 to 9F; five are free, and read as Latin-1's controls by browsers.
    private const string Windows1252 =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    // What may follow a word: fixed space, quotation marks, dashes, ellipsis, bullet, ordinals, trade marks.
    private static readonly SearchValues<char> Ordinary =
        SearchValues.Create("\u00A0\u00AB\u00BB\u2039\u203A\u2018\u2019\u201A\u201C\u201D\u201E\u2026\u2013\u2014\u2022\u2122\u00AA\u00BA");

    /// <summary>Where the first misread character is, or -1.</summary>
    public static int Find(string text)
    {
        for (var at = NextLead(text, 0); at >= 0; at = NextLead(text, at + 1))
        {
            var length = Length(text, at);
            if (length > 0 && IsEvidence(text, at, length)) return at;
        }
        return -1;
    }

    private static int NextLead(string text, int from)
    {
        var at = text.AsSpan(from).IndexOfAnyInRange('\u00C2', '\u00F4');
        return at < 0 ? -1 : from + at;
    }

    private static bool IsEvidence(string text, int at, int length)
    {
        if (text.AsSpan(at + 1, length - 1).IndexOfAnyExcept(Ordinary) >= 0)
            // One Greek, Cyrillic, Hebrew or Arabic letter may be a sign after a sign (a diameter, an angle); words have more.
            return length != 2 || text[at] < '\u00C6' || Length(text, at + 2) == 2;
        // Capital letters do not follow small ones: voilÃ, but not AMANHÃ.
        return length == 2 && text[at] is '\u00C2' or '\u00C3' && at > 0 && char.IsLower(text[at - 1]);
    }

    // Units of the misread character that begins here, 0 where it is none. Letters of scripts that mojibake is unlikely to be of
    // (U+0180 to U+036F, Armenian, from Syriac on) are none, as their leads are the common É, È, Ç, Ü, ß.
    private static int Length(string text, int at)
    {
        if (at >= text.Length) return 0;
        int lead = text[at];
        var length = lead switch { >= 0xC2 and <= 0xC5 or >= 0xCE and <= 0xDB => 2, >= 0xE0 and <= 0xEF => 3, >= 0xF0 and <= 0xF4 => 4, _ => 0 };
        if (length == 0 || at + length > text.Length) return 0;
        var code = lead & (0x7F >> length);
        for (var i = 1; i < length; i++)
        {
            var following = Continuation(text[at + i]);
            if (following < 0) return 0;
            code = (code << 6) | (following & 0x3F);
        }
        return IsShortest(code, length) && !char.IsControl((char)Math.Min(code, char.MaxValue)) ? length : 0;
    }

    private static bool IsShortest(int code, int length) => length switch
    {
        2 => code >= 0x80,
        3 => code is >= 0x800 and not (>= 0xD800 and <= 0xDFFF),
        _ => code is >= 0x10000 and <= 0x10FFFF,
    };

    // The byte 80 to BF that a character was read from, or -1.
    private static int Continuation(char character)
    {
        if (character is >= '\u0080' and <= '\u00BF') return character;
        var at = Windows1252.IndexOf(character, StringComparison.Ordinal);
        return at < 0 ? -1 : 0x80 + at;
    }
}
