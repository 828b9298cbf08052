using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>
/// A tokenizer file's regular expression, matched by code point. .NET matches UTF-16 units, for which a letter beyond U+FFFF
/// is no letter; such text is matched on a shadow that has one stand-in of the same category per code point.
/// </summary>
internal sealed class CodePointRegex
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<UnicodeCategory, char> StandIns = BuildStandIns();
    private readonly Regex _regex;
    private readonly string _where;

    /// <summary>Compiles the pattern.</summary>
    /// <param name="pattern">The pattern as the tokenizer file has it.</param>
    /// <param name="where">File and key, for messages.</param>
    /// <param name="limit">Longest time for one match; 5 s when null.</param>
    /// <exception cref="ArtifactException">The pattern does not compile, or means something else in .NET.</exception>
    public CodePointRegex(string pattern, string where, TimeSpan? limit = null)
    {
        _where = where;
        // .NET would read these as plain characters of the class and split differently without a word.
        if (pattern.Contains("&&", StringComparison.Ordinal) || Regex.IsMatch(pattern, @"\[:\^?[a-z]+:\]", RegexOptions.None, DefaultLimit))
            throw new ArtifactException($"{where}: class intersections (&&) and POSIX classes ([:alpha:]) are not supported in \"{pattern}\"; use a tokenizer without them");
        try
        {
            _regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled, limit ?? DefaultLimit);
        }
        catch (ArgumentException error)
        {
            throw new ArtifactException($"{where}: the pattern \"{pattern}\" is not supported ({error.Message.ReplaceLineEndings(" ")}); use a tokenizer with a plainer pattern", error);
        }
    }

    /// <summary>Adds the non-empty matches, from left to right, as offsets into <paramref name="text"/>.</summary>
    /// <exception cref="ArtifactException">A single match took longer than the limit.</exception>
    public void Matches(ReadOnlySpan<char> text, List<Range> matches)
    {
        try
        {
            if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0) MatchPlain(text, matches);
            else MatchShadow(text, matches);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new ArtifactException($"{_where}: the pattern took longer than {error.MatchTimeout.TotalSeconds} s on one text; use a tokenizer with a plainer pattern", error);
        }
    }

    /// <summary>Replaces every match by a fixed text.</summary>
    public string Replace(string text, string content)
    {
        var matches = new List<Range>();
        Matches(text, matches);
        if (matches.Count == 0) return text;
        var output = new StringBuilder(text.Length);
        var done = 0;
        foreach (var match in matches)
        {
            output.Append(text, done, match.Start.Value - done).Append(content);
            done = match.End.Value;
        }
        return output.Append(text, done, text.Length - done).ToString();
    }

    private void MatchPlain(ReadOnlySpan<char> text, List<Range> matches)
    {
        foreach (var match in _regex.EnumerateMatches(text))
            if (match.Length > 0) matches.Add(match.Index..(match.Index + match.Length));
    }

    private void MatchShadow(ReadOnlySpan<char> text, List<Range> matches)
    {
        var shadow = new char[text.Length];
        var offsets = new int[text.Length + 1];
        var (count, position) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            offsets[count] = position;
            shadow[count++] = rune.IsBmp ? (char)rune.Value : StandIns[Rune.GetUnicodeCategory(rune)];
            position += rune.Utf16SequenceLength;
        }
        offsets[count] = position;
        foreach (var match in _regex.EnumerateMatches(shadow.AsSpan(0, count)))
            if (match.Length > 0) matches.Add(offsets[match.Index]..offsets[match.Index + match.Length]);
    }

    /// <summary>For each category the last character of the basic plane that has it, which patterns hardly ever name.</summary>
    private static Dictionary<UnicodeCategory, char> BuildStandIns()
    {
        var standIns = new Dictionary<UnicodeCategory, char>();
        for (var value = 0; value <= char.MaxValue; value++) standIns[CharUnicodeInfo.GetUnicodeCategory((char)value)] = (char)value;
        return standIns;
    }
}
