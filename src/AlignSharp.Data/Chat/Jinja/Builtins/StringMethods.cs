using System.Collections.Frozen;
using System.Text;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Methods of Python's str.</summary>
internal static class StringMethods
{
    /// <summary>Where padding goes.</summary>
    public enum Side { Left, Right, Both }

    public static readonly FrozenDictionary<string, Operation> All = new Dictionary<string, Operation>
    {
        ["upper"] = Simple(CodePoints.Upper),
        ["lower"] = Simple(CodePoints.Lower),
        ["casefold"] = Simple(text => CodePoints.Lower(text).Replace("ß", "ss", StringComparison.Ordinal)),
        ["capitalize"] = Simple(CodePoints.Capitalize),
        ["title"] = Simple(Title),
        ["swapcase"] = Simple(SwapCase),
        ["strip"] = Trim(StringTrim.Both),
        ["lstrip"] = Trim(StringTrim.Start),
        ["rstrip"] = Trim(StringTrim.End),
        ["split"] = (self, arguments, rendering) => StringSplit.FromStart((string)self!, arguments, rendering),
        ["rsplit"] = (self, arguments, rendering) => StringSplit.FromEnd((string)self!, arguments, rendering),
        ["splitlines"] = SplitLines,
        ["partition"] = (self, arguments, _) => Partition((string)self!, arguments, last: false),
        ["rpartition"] = (self, arguments, _) => Partition((string)self!, arguments, last: true),
        ["startswith"] = Affix((text, affix) => text.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = Affix((text, affix) => text.EndsWith(affix, StringComparison.Ordinal)),
        ["removeprefix"] = (self, arguments, _) => Remove((string)self!, arguments, atStart: true),
        ["removesuffix"] = (self, arguments, _) => Remove((string)self!, arguments, atStart: false),
        ["replace"] = Replace,
        ["join"] = Join,
        ["format"] = (self, arguments, rendering) => rendering.Made(BraceFormat.Apply((string)self!, arguments, rendering)),
        ["find"] = (self, arguments, rendering) => Find((string)self!, arguments, last: false, rendering),
        ["rfind"] = (self, arguments, rendering) => Find((string)self!, arguments, last: true, rendering),
        ["index"] = (self, arguments, rendering) => Found(Find((string)self!, arguments, last: false, rendering)),
        ["rindex"] = (self, arguments, rendering) => Found(Find((string)self!, arguments, last: true, rendering)),
        ["count"] = Count,
        ["zfill"] = ZeroFill,
        ["center"] = Padded(Side.Both),
        ["ljust"] = Padded(Side.Right),
        ["rjust"] = Padded(Side.Left),
        ["isdigit"] = Every(char.IsDigit),
        ["isdecimal"] = Every(char.IsDigit),
        ["isnumeric"] = Every(char.IsNumber),
        ["isalpha"] = Every(char.IsLetter),
        ["isalnum"] = Every(c => char.IsLetter(c) || char.IsNumber(c)),
        ["isspace"] = Every(CodePoints.IsSpace),
        ["isascii"] = (self, _, _) => ((string)self!).All(char.IsAscii),
        ["islower"] = (self, _, _) => IsLower((string)self!),
        ["isupper"] = (self, _, _) => IsUpper((string)self!),
        ["istitle"] = (self, _, _) => ((string)self!).Any(char.IsLetter) && Title((string)self!) == (string)self!,
    }.ToFrozenDictionary();

    public static bool IsLower(string text) => text.Any(char.IsLower) && !text.Any(char.IsUpper);

    public static bool IsUpper(string text) => text.Any(char.IsUpper) && !text.Any(char.IsLower);

    public static string ReplaceText(string text, string old, string with, int count, Rendering rendering)
    {
        if (count == 0) return text;
        if (old.Length > 0)
        {
            var places = TextSearch.All(text, old, count);
            rendering.CheckLength(text.Length + (long)places.Count * (with.Length - old.Length));
            return rendering.Made(Replaced(text, old.Length, with, places));
        }
        return rendering.Made(Interleave(text, with, count, rendering));
    }

    private static string Replaced(string text, int length, string with, List<int> places)
    {
        if (places.Count == 0) return text;
        var replaced = new StringBuilder();
        var from = 0;
        foreach (var at in places)
        {
            replaced.Append(text, from, at - from).Append(with);
            from = at + length;
        }
        return replaced.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Lines as str.splitlines cuts them: at more than CR and LF.</summary>
    public static List<string> Lines(string text, bool keepEnds, Rendering rendering)
    {
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029')) continue;
            var next = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;
            rendering.Spend();
            lines.Add(text[start..(keepEnds ? next : i)]);
            start = next;
            i = next - 1;
        }
        if (start < text.Length) lines.Add(text[start..]);
        return lines;
    }

    public static string Pad(string text, int width, string fill, Side side, Rendering rendering)
    {
        var count = CodePoints.Count(text);
        if (width <= count) return text;
        rendering.CheckLength(width);
        var missing = width - count;
        // Python gives the odd one to the left if the width is odd.
        var left = side switch { Side.Left => missing, Side.Right => 0, _ => missing / 2 + (missing & width & 1) };
        return rendering.Made(Fill(fill, left) + text + Fill(fill, missing - left));
    }

    private static string Fill(string fill, int count) => fill.Length == 1 ? new string(fill[0], count) : string.Concat(Enumerable.Repeat(fill, count));

    private static Operation Simple(Func<string, string> change) => (self, arguments, rendering) =>
    {
        arguments.Expect(0);
        return rendering.Made(change((string)self!));
    };

    private static Operation Trim(Func<string, string?, string> trim) => (self, arguments, rendering) =>
    {
        arguments.Expect(0, "chars");
        return rendering.Made(trim((string)self!, arguments.Has(0) ? arguments.TextOrNone(0) : null));
    };

    private static Operation Every(Func<char, bool> test) => (self, arguments, _) =>
    {
        arguments.Expect(0);
        return self is string { Length: > 0 } text && text.All(test);
    };

    private static Operation Affix(Func<string, string, bool> test) => (self, arguments, rendering) =>
    {
        arguments.Expect(1, "prefix", "start", "end");
        var text = Section((string)self!, arguments, rendering);
        return arguments.Get(0) switch
        {
            string affix => test(text, affix),
            TupleValue tuple => tuple.All.Any(affix => affix is string one && test(text, one)),
            var other => throw JinjaFault.Type($"{arguments.Callee} first arg must be str or a tuple of str, not {TypeName.Of(other)}"),
        };
    };

    private static Operation Padded(Side side) => (self, arguments, rendering) =>
    {
        arguments.Expect(1, "width", "fillchar");
        var fill = arguments.Has(1) ? arguments.Text(1) : " ";
        if (CodePoints.Count(fill) != 1) throw JinjaFault.Type("The fill character must be exactly one character long");
        return Pad((string)self!, arguments.Integer(0), fill, side, rendering);
    };

    private static string SwapCase(string text)
    {
        var swapped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == 'ß') swapped.Append("SS");
            else swapped.Append(char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
        }
        return swapped.ToString();
    }

    private static string Title(string text)
    {
        var titled = new StringBuilder();
        var inWord = false;
        foreach (var c in text)
        {
            if (c == 'ß' && !inWord) titled.Append("SS");
            else titled.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }
        return titled.ToString();
    }

    public static object? SplitLines(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "keepends");
        return new ListValue([.. Lines((string)self!, arguments.Flag(0), rendering)]);
    }

    private static TupleValue Partition(string text, Arguments arguments, bool last)
    {
        arguments.Expect(1, "sep");
        var separator = arguments.Text(0);
        if (separator.Length == 0) throw JinjaFault.Value("empty separator");
        var at = last ? TextSearch.Last(text, separator) : TextSearch.First(text, separator);
        if (at < 0) return last ? new TupleValue("", "", text) : new TupleValue(text, "", "");
        return new TupleValue(text[..at], separator, text[(at + separator.Length)..]);
    }

    private static string Remove(string text, Arguments arguments, bool atStart)
    {
        arguments.Expect(1, "affix");
        var affix = arguments.Text(0);
        if (atStart) return text.StartsWith(affix, StringComparison.Ordinal) ? text[affix.Length..] : text;
        return affix.Length > 0 && text.EndsWith(affix, StringComparison.Ordinal) ? text[..^affix.Length] : text;
    }

    public static object? Replace(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(2, "old", "new", "count");
        return ReplaceText((string)self!, arguments.Text(0), arguments.Text(1), arguments.Integer(2, -1), rendering);
    }

    public static object? Join(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "iterable");
        if (!Iteration.IsIterable(arguments.Get(0))) throw JinjaFault.Type("can only join an iterable");
        var separator = (string)self!;
        var parts = Iteration.ToArray(arguments.Get(0), rendering);
        for (var i = 0; i < parts.Length; i++)
            if (parts[i] is not string) throw JinjaFault.Type($"sequence item {i}: expected str instance, {TypeName.Of(parts[i])} found");
        rendering.CheckLength(parts.Sum(part => (long)((string)part!).Length) + (long)separator.Length * parts.Length);
        return rendering.Made(string.Join(separator, parts));
    }

    private static long Find(string text, Arguments arguments, bool last, Rendering rendering)
    {
        arguments.Expect(1, "sub", "start", "end");
        var part = arguments.Text(0);
        var section = Section(text, arguments, rendering);
        var at = last ? TextSearch.Last(section, part) : TextSearch.First(section, part);
        if (at < 0) return -1;
        var start = arguments.Get(1) is null ? 0 : arguments.Integer(1);
        return CodePoints.Count(section[..at]) + (start < 0 ? Math.Max(0, start + CodePoints.Count(text)) : start);
    }

    private static long Found(long at) => at >= 0 ? at : throw JinjaFault.Value("substring not found");

    public static object? Count(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "sub", "start", "end");
        var section = Section((string)self!, arguments, rendering);
        return arguments.Text(0) is { Length: > 0 } part ? (long)Occurrences(section, part) : CodePoints.Count(section) + 1L;
    }

    public static object? ZeroFill(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(1, "width");
        var text = (string)self!;
        var sign = text.Length > 0 && text[0] is ('+' or '-') ? 1 : 0;
        return text[..sign] + Pad(text[sign..], Math.Max(0, arguments.Integer(0)) - sign, "0", Side.Left, rendering);
    }

    /// <summary>The part between the arguments start and end (places 1 and 2).</summary>
    private static string Section(string text, Arguments arguments, Rendering rendering)
        => !arguments.Has(1) && !arguments.Has(2) ? text : (string)Lookup.Slice(text, arguments.Get(1), arguments.Get(2), null, rendering)!;

    private static int Occurrences(string text, string part) => TextSearch.All(text, part).Count;

    private static string Interleave(string text, string with, int count, Rendering rendering)
    {
        var points = CodePoints.Split(text);
        rendering.CheckLength(text.Length + (long)with.Length * (points.Length + 1));
        var result = new StringBuilder();
        for (var i = 0; i <= points.Length; i++)
        {
            if (count < 0 || i < count) result.Append(with);
            if (i < points.Length) result.Append(points[i]);
        }
        return result.ToString();
    }
}
