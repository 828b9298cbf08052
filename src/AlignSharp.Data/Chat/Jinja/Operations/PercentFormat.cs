using System.Globalization;
using System.Numerics;
using System.Text;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Python's <c>text % values</c> for the conversions s, r, c, d, i, u, x, X, f, F, e and %.</summary>
internal static class PercentFormat
{
    public static string Apply(string format, object? values, Rendering rendering)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }
            var name = ReadName(format, ref i);
            var flags = ReadWhile(format, ref i, "-+ 0#");
            var width = ReadNumber(format, ref i) ?? 0;
            int? precision = null;
            if (i + 1 < format.Length && format[i + 1] == '.')
            {
                i++;
                precision = ReadNumber(format, ref i) ?? 0;
            }
            if (++i >= format.Length) throw JinjaFault.Value("incomplete format");
            if (format[i] == '%')
            {
                text.Append('%');
                continue;
            }
            rendering.CheckLength(text.Length + (long)width + (precision ?? 0));
            text.Append(Pad(Convert(format[i], Pick(values, name, ref next), flags, precision, rendering), flags, width, format[i]));
            rendering.CheckLength(text.Length);
        }
        var given = values is TupleValue all ? all.Count : values is DictValue ? next : 1;
        return next < given ? throw JinjaFault.Type("not all arguments converted during string formatting") : text.ToString();
    }

    private static object? Pick(object? values, string? name, ref int next)
    {
        if (name is not null)
        {
            if (values is not DictValue dict) throw JinjaFault.Type("format requires a mapping");
            return dict.TryGet(name, out var member) ? member : throw JinjaFault.Value($"no key {PythonText.Repr(name)} for the format");
        }
        var at = next++;
        if (values is TupleValue tuple) return at < tuple.Count ? tuple[at] : throw JinjaFault.Type("not enough arguments for format string");
        return at == 0 ? values : throw JinjaFault.Type("not enough arguments for format string");
    }

    private static string Convert(char kind, object? value, string flags, int? precision, Rendering rendering)
    {
        var text = kind switch
        {
            's' => Cut(rendering.Print(value), precision),
            'r' => Cut(rendering.Quote(value), precision),
            'c' => rendering.Print(value),
            'd' or 'i' or 'u' => Integer(kind, value).ToString(precision is { } digits ? $"D{digits}" : "D", CultureInfo.InvariantCulture),
            'x' => Hex(Integer(kind, value)),
            'X' => CodePoints.Upper(Hex(Integer(kind, value))),
            'f' or 'F' => Float(value).ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture),
            'e' => Exponent(Float(value).ToString($"e{precision ?? 6}", CultureInfo.InvariantCulture)),
            _ => throw JinjaFault.Value($"unsupported format character '{kind}'"),
        };
        var signed = kind is not ('s' or 'r' or 'c') && !text.StartsWith('-');
        return signed && flags.Contains('+', StringComparison.Ordinal) ? "+" + text : signed && flags.Contains(' ', StringComparison.Ordinal) ? " " + text : text;
    }

    private static string Pad(string text, string flags, int width, char kind)
    {
        var missing = width - CodePoints.Count(text);
        if (missing <= 0) return text;
        if (flags.Contains('-', StringComparison.Ordinal)) return text + new string(' ', missing);
        if (!flags.Contains('0', StringComparison.Ordinal) || kind is 's' or 'r' or 'c') return new string(' ', missing) + text;
        var sign = text[0] is '-' or '+' or ' ' ? 1 : 0;
        return text[..sign] + new string('0', missing) + text[sign..];
    }

    private static BigInteger Integer(char kind, object? value) => value switch
    {
        double number => Numbers.ToBig(Numbers.Truncate(number)),
        _ when Numbers.IsInteger(value) => Numbers.ToBig(value),
        _ => throw JinjaFault.Type($"%{kind} format: a real number is required, not {TypeName.Of(value)}"),
    };

    private static double Float(object? value)
        => Numbers.IsNumber(value) ? Numbers.ToDouble(value) : throw JinjaFault.Type($"must be real number, not {TypeName.Of(value)}");

    private static string Hex(BigInteger value)
    {
        var digits = BigInteger.Abs(value).ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return (value.Sign < 0 ? "-" : "") + (digits.Length == 0 ? "0" : digits);
    }

    /// <summary>.NET writes three digits of exponent, Python at least two.</summary>
    private static string Exponent(string text) => text[^3] == '0' ? text[..^3] + text[^2..] : text;

    private static string Cut(string text, int? length) => length is { } most && CodePoints.Count(text) > most ? text[..CodePoints.IndexOf(text, most)] : text;

    private static string? ReadName(string format, ref int at)
    {
        if (at + 1 >= format.Length || format[at + 1] != '(') return null;
        var end = format.IndexOf(')', at);
        if (end < 0) throw JinjaFault.Value("incomplete format key");
        var name = format[(at + 2)..end];
        at = end;
        return name;
    }

    private static string ReadWhile(string format, ref int at, string allowed)
    {
        var start = at + 1;
        while (at + 1 < format.Length && allowed.Contains(format[at + 1], StringComparison.Ordinal)) at++;
        return format[start..(at + 1)];
    }

    private static int? ReadNumber(string format, ref int at)
    {
        var digits = ReadWhile(format, ref at, "0123456789");
        if (digits.Length == 0) return null;
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var number) && number < 100_000 ? number : throw JinjaFault.Limit("a format wider than 100000 characters");
    }
}
