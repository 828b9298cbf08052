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
            text = StringTrim.Start(text, null);
            while (text.Length > 0)
            {
                var end = parts.Count == most ? text.Length : EndOfWord(text);
                parts.Add(text[..end]);
                text = StringTrim.Start(text[end..], null);
                rendering.Spend(1 + text.Length / 256);
            }
            return new ListValue([.. parts]);
        }
        var from = 0;
        for (int at; parts.Count != most && (at = text.IndexOf(separator, from, StringComparison.Ordinal)) >= 0; from = at + separator.Length)
        {
            rendering.Spend();
            parts.Add(text[from..at]);
        }
        parts.Add(text[from..]);
        return new ListValue([.. parts]);
    }

    public static ListValue FromEnd(string text, Arguments arguments, Rendering rendering)
    {
        var (separator, most) = Read(arguments);
        var parts = new List<object?>();
        if (separator is null) text = StringTrim.End(text, null);
        while (separator is not null || text.Length > 0)
        {
            rendering.Spend(1 + text.Length / 256);
            var start = parts.Count == most ? -1 : separator is null ? StartOfWord(text) : text.LastIndexOf(separator, StringComparison.Ordinal);
            if (start < 0)
            {
                parts.Add(text);
                break;
            }
            parts.Add(text[(start + (separator?.Length ?? 1))..]);
            text = separator is null ? StringTrim.End(text[..start], null) : text[..start];
        }
        parts.Reverse();
        return new ListValue([.. parts]);
    }

    /// <summary>The separator (null: white space) and how many cuts are allowed (-1: any).</summary>
    private static (string? Separator, int Most) Read(Arguments arguments)
    {
        arguments.Expect(0, "sep", "maxsplit");
        var separator = arguments.Get(0) is null ? null : arguments.Text(0);
        return separator is "" ? throw JinjaFault.Value("empty separator") : (separator, Math.Max(-1, arguments.Integer(1, -1)));
    }

    private static int EndOfWord(string text)
    {
        var end = 0;
        while (end < text.Length && !CodePoints.IsSpace(text[end])) end++;
        return end;
    }

    private static int StartOfWord(string text)
    {
        var start = text.Length - 1;
        while (start >= 0 && !CodePoints.IsSpace(text[start])) start--;
        return start;
    }
}
