using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Python's split and rsplit.</summary>
internal static class StringSplit
{
    public static ListValue FromStart(string text, Arguments arguments, Rendering rendering)
    {
        var (separator, most) = Read(arguments);
        var parts = new List<object?>();
        if (separator is null)
        {
            for (var at = SkipSpace(text, 0); at < text.Length;)
            {
                rendering.Spend();
                var end = parts.Count == most ? text.Length : SkipWord(text, at);
                parts.Add(text[at..end]);
                at = SkipSpace(text, end);
            }
            return new ListValue([.. parts]);
        }
        var from = 0;
        foreach (var at in TextSearch.All(text, separator, most))
        {
            rendering.Spend();
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }
        parts.Add(text[from..]);
        return new ListValue([.. parts]);
    }

    public static ListValue FromEnd(string text, Arguments arguments, Rendering rendering)
    {
        var (separator, most) = Read(arguments);
        if (separator is not null) return FromEnd(text, separator, most, rendering);
        var parts = new List<object?>();
        for (var end = StringTrim.End(text, null).Length; end > 0;)
        {
            rendering.Spend();
            var start = parts.Count == most ? 0 : StartOfWord(text, end);
            parts.Add(text[start..end]);
            end = StartOfSpace(text, start);
        }
        parts.Reverse();
        return new ListValue([.. parts]);
    }

    private static ListValue FromEnd(string text, string separator, int most, Rendering rendering)
    {
        var parts = new List<object?>();
        var end = text.Length;
        foreach (var at in PlacesFromEnd(text, separator))
        {
            if (parts.Count == most) break;
            rendering.Spend();
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }
        parts.Add(text[..end]);
        parts.Reverse();
        return new ListValue([.. parts]);
    }

    /// <summary>From the last to the first; the texts turned round, so that what overlaps is decided from the end.</summary>
    private static IEnumerable<int> PlacesFromEnd(string text, string separator)
        => TextSearch.All(Turned(text), Turned(separator)).Select(at => text.Length - at - separator.Length);

    private static string Turned(string text)
    {
        var units = text.ToCharArray();
        Array.Reverse(units);
        return new string(units);
    }

    /// <summary>The separator (null: white space) and how many cuts are allowed (-1: any).</summary>
    private static (string? Separator, int Most) Read(Arguments arguments)
    {
        arguments.Expect(0, "sep", "maxsplit");
        var separator = arguments.Get(0) is null ? null : arguments.Text(0);
        return separator is "" ? throw JinjaFault.Value("empty separator") : (separator, Math.Max(-1, arguments.Integer(1, -1)));
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && CodePoints.IsSpace(text[at])) at++;
        return at;
    }

    private static int SkipWord(string text, int at)
    {
        while (at < text.Length && !CodePoints.IsSpace(text[at])) at++;
        return at;
    }

    private static int StartOfWord(string text, int end)
    {
        while (end > 0 && !CodePoints.IsSpace(text[end - 1])) end--;
        return end;
    }

    private static int StartOfSpace(string text, int end)
    {
        while (end > 0 && CodePoints.IsSpace(text[end - 1])) end--;
        return end;
    }
}
