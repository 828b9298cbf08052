namespace AlignSharp.Data.Checks.Statistics;

/// <summary>
/// The words of a text in lower case, as hashes: runs of letters and digits, and each other sign alone. Ideographs and kana are words of one
/// character, as nothing separates them; white space only separates, but a line break is a word.
/// </summary>
/// <param name="text">The text.</param>
internal ref struct Words(ReadOnlySpan<char> text)
{
    private const ulong Start64 = 0xCBF29CE484222325, Prime64 = 0x100000001B3;

    private readonly ReadOnlySpan<char> _text = text;
    private int _start;
    private int _end;

    /// <summary>Hash of the word, equal in upper and lower case.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Where the word begins.</summary>
    public readonly int Start => _start;

    /// <summary>The word as it stands in the text.</summary>
    public readonly ReadOnlySpan<char> Word => _text[_start.._end];

    public readonly Words GetEnumerator() => this;

    public readonly Words Current => this;

    /// <summary>Goes to the next word.</summary>
    public bool MoveNext()
    {
        while (_end < _text.Length && _text[_end] != '\n' && char.IsWhiteSpace(_text[_end])) _end++;
        _start = _end;
        if (_end == _text.Length) return false;
        var hash = Start64;
        if (!IsInWord(_text[_end])) hash = Joined(hash, _text[_end++]);
        else while (_end < _text.Length && IsInWord(_text[_end])) hash = Joined(hash, _text[_end++]);
        Hash = TextHash.Mix(hash, Prime64);
        return true;
    }

    private static ulong Joined(ulong hash, char character) => unchecked((hash ^ Lower(character)) * Prime64);

    private static char Lower(char character) =>
        char.IsAscii(character) ? (char)(character | (char.IsAsciiLetterUpper(character) ? 0x20 : 0)) : char.ToLowerInvariant(character);

    // Surrogates are letters here, so that emoji and rare scripts are not cut in two; combining marks belong to their letter.
    private static bool IsInWord(char character) => char.IsAscii(character)
        ? char.IsAsciiLetterOrDigit(character)
        : !IsIdeograph(character) && (char.IsLetterOrDigit(character) || char.IsSurrogate(character) || IsMark(character));

    private static bool IsMark(char character) => char.GetUnicodeCategory(character) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    // CJK radicals to kana, then the unified ideographs and their compatibility forms.
    private static bool IsIdeograph(char character) => character is (>= '\u2E80' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');
}
