using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Python's strip, lstrip and rstrip; <c>characters</c> null means white space.</summary>
internal static class StringTrim
{
    public static string Both(string text, string? characters) => End(Start(text, characters), characters);

    public static string Start(string text, string? characters)
    {
        if (characters is not null) return TrimPoints(text, characters, atStart: true);
        var start = 0;
        while (start < text.Length && CodePoints.IsSpace(text[start])) start++;
        return start == 0 ? text : text[start..];
    }

    public static string End(string text, string? characters)
    {
        if (characters is not null) return TrimPoints(text, characters, atStart: false);
        var end = text.Length;
        while (end > 0 && CodePoints.IsSpace(text[end - 1])) end--;
        return end == text.Length ? text : text[..end];
    }

    private static string TrimPoints(string text, string characters, bool atStart)
    {
        // Half of a pair must not be cut off because another character shares it.
        if (!characters.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return atStart ? text.AsSpan().TrimStart(characters).ToString() : text.AsSpan().TrimEnd(characters).ToString();
        var set = CodePoints.Each(characters).ToHashSet(StringComparer.Ordinal);
        var rest = text.AsSpan();
        var lookup = set.GetAlternateLookup<ReadOnlySpan<char>>();
        while (rest.Length > 0)
        {
            var length = CodePoints.LengthAt(rest, atStart);
            if (!lookup.Contains(atStart ? rest[..length] : rest[^length..])) break;
            rest = atStart ? rest[length..] : rest[..^length];
        }
        return rest.ToString();
    }
}
