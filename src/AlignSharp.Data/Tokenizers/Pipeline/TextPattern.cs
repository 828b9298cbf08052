namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>A pattern of a tokenizer.json: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal sealed class TextPattern
{
    private readonly string? _literal;
    private readonly CodePointRegex? _regex;

    private TextPattern(string? literal, CodePointRegex? regex)
    {
        _literal = literal;
        _regex = regex;
    }

    /// <summary>A pattern from a regular expression.</summary>
    public static TextPattern FromRegex(string pattern, string where) => new(null, new CodePointRegex(pattern, where));

    /// <summary>A pattern that matches a text literally.</summary>
    public static TextPattern FromLiteral(string literal) => new(literal, null);

    /// <summary>Reads the pattern.</summary>
    public static TextPattern Read(ArtifactJson json)
    {
        if (json.Element.ValueKind == System.Text.Json.JsonValueKind.String) return FromLiteral(json.Text());
        if (json.Find("String") is { } literal) return FromLiteral(literal.Text());
        return FromRegex(json.Required("Regex").Text(), $"{json.File}: {json.Path}");
    }

    /// <summary>Adds the non-empty matches from left to right.</summary>
    public void Matches(ReadOnlySpan<char> text, List<Range> matches)
    {
        if (_regex is not null)
        {
            _regex.Matches(text, matches);
            return;
        }
        if (_literal!.Length == 0) return;
        for (var done = 0; text[done..].IndexOf(_literal, StringComparison.Ordinal) is var found and >= 0;)
        {
            matches.Add((done + found)..(done + found + _literal.Length));
            done += found + _literal.Length;
        }
    }

    /// <summary>A function that replaces every match by a fixed text.</summary>
    public Func<string, string> Replacer(string content)
    {
        if (_regex is { } regex) return text => regex.Replace(text, content);
        return _literal!.Length == 0 ? text => text : text => text.Replace(_literal, content, StringComparison.Ordinal);
    }
}
