using System.Text;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Filters that make text of a value.</summary>
internal static class TextFilters
{
    public static object? String(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0);
        return rendering.Made(rendering.Print(self));
    }

    public static object? Upper(object? self, Arguments arguments, Rendering rendering) => rendering.Made(CodePoints.Upper(rendering.Print(self)));

    public static object? Lower(object? self, Arguments arguments, Rendering rendering) => rendering.Made(CodePoints.Lower(rendering.Print(self)));

    public static object? Capitalize(object? self, Arguments arguments, Rendering rendering) => rendering.Made(CodePoints.Capitalize(rendering.Print(self)));

    public static object? Trim(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "chars");
        return rendering.Made(StringTrim.Both(rendering.Print(self), arguments.Has(0) ? arguments.TextOrNone(0) : null));
    }

    /// <summary>A word begins after white space and after - ( { [ and &lt;, unlike in Python's str.title.</summary>
    public static object? Title(object? self, Arguments arguments, Rendering rendering)
    {
        var text = new StringBuilder();
        var word = new StringBuilder();
        foreach (var c in rendering.Print(self))
        {
            if (!CodePoints.IsSpace(c) && c is not ('-' or '(' or '{' or '[' or '<'))
            {
                word.Append(c);
                continue;
            }
            text.Append(CodePoints.Capitalize(word.ToString())).Append(c);
            word.Clear();
        }
        return rendering.Made(text.Append(CodePoints.Capitalize(word.ToString())).ToString());
    }

    public static object? Replace(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(2, "old", "new", "count");
        var count = arguments.Get(2) is null ? -1 : arguments.Integer(2);
        return StringMethods.ReplaceText(rendering.Print(self), rendering.Print(arguments.Get(0)), rendering.Print(arguments.Get(1)), count, rendering);
    }

    public static object? Escape(object? self, Arguments arguments, Rendering rendering)
    {
        var text = new StringBuilder();
        foreach (var c in rendering.Print(self))
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '\'' => text.Append("&#39;"),
                '"' => text.Append("&#34;"),
                _ => text.Append(c),
            };
        return rendering.Made(text.ToString());
    }

    public static object? Indent(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "width", "first", "blank");
        var width = arguments.Get(0, 4L) as string ?? new string(' ', Math.Clamp(arguments.Integer(0, 4), 0, 1000));
        var (first, blank) = (arguments.Flag(1), arguments.Flag(2));
        var text = self is string given ? given : throw JinjaFault.Type($"unsupported operand type(s) for +=: '{TypeName.Of(self)}' and 'str'");
        var lines = StringMethods.Lines(text + "\n", keepEnds: false, rendering);
        rendering.CheckLength(text.Length + (long)lines.Count * width.Length);
        var indented = lines.Select((line, index) => (index == 0 ? first : blank || line.Length > 0) ? width + line : line);
        return rendering.Made(string.Join('\n', indented));
    }

    public static object? Center(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "width");
        return StringMethods.Pad(rendering.Print(self), arguments.Integer(0, 80), " ", StringMethods.Side.Both, rendering);
    }

    public static object? Format(object? self, Arguments arguments, Rendering rendering)
    {
        object values = arguments.Named.Length > 0
            ? new DictValue(arguments.Named.Select(pair => KeyValuePair.Create<object?, object?>(pair.Key, pair.Value)))
            : new TupleValue(arguments.Positional);
        return rendering.Made(PercentFormat.Apply(rendering.Print(self), values, rendering));
    }

    public static object? Truncate(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "length", "killwords", "end", "leeway");
        var text = rendering.Print(self);
        var end = arguments.Has(2) ? arguments.Text(2) : "...";
        var (length, leeway) = ((long)arguments.Integer(0, 255), (long)arguments.Integer(3, 5));
        var room = length - CodePoints.Count(end);
        if (room < 0) throw JinjaFault.Value("the length of truncate is shorter than its end");
        var count = CodePoints.Count(text);
        if (count <= length + leeway) return text;
        // With a leeway below 0 a text that has room is cut nonetheless: at its end.
        room = Math.Min(room, count);
        var cut = text[..CodePoints.IndexOf(text, (int)room)];
        var space = arguments.Flag(1) ? -1 : cut.LastIndexOf(' ');
        return rendering.Made((space < 0 ? cut : cut[..space]) + end);
    }

    public static object? WordCount(object? self, Arguments arguments, Rendering rendering)
    {
        var (count, inWord) = (0L, false);
        foreach (var c in rendering.Print(self))
        {
            var isWord = char.IsLetterOrDigit(c) || c == '_';
            if (isWord && !inWord) count++;
            inWord = isWord;
        }
        return count;
    }

    /// <summary>json.dumps with transformers' defaults: not only ASCII, on one line with ", " and ": ".</summary>
    public static object? ToJson(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = arguments.Get(1) switch
        {
            null => null,
            string text => text,
            var number => new string(' ', Math.Clamp(Numbers.ToInt32(number), 0, 100)),
        };
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (arguments.Get(2) is { } separators)
            (item, key) = separators is SequenceValue { Count: 2 } pair && pair[0] is string first && pair[1] is string second
                ? (first, second)
                : throw JinjaFault.Type("separators of tojson must be two strings");
        if (self is Undefined missing) throw JinjaFault.Type($"Object of type Undefined is not JSON serializable ({missing.Fault().Message})");
        return rendering.Made(new JsonOutput(indent, item, key, arguments.Flag(3), arguments.Flag(0), rendering).Write(self));
    }
}
