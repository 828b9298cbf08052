using System.Globalization;
using System.Numerics;
using System.Text;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Values as text: Python's <c>str</c> and <c>repr</c>.</summary>
internal static class PythonText
{
    // A message quotes no more than this anyway.
    private const int LongestQuote = 1 << 16;

    /// <summary>As <c>{{ value }}</c> prints it.</summary>
    public static string Str(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Repr(value),
    };

    /// <summary>As it stands inside a printed list.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">Longest text; what would be longer faults before it is made.</param>
    public static string Repr(object? value, int most = LongestQuote)
    {
        var text = new StringBuilder();
        Append(text, value, most);
        return text.ToString();
    }

    /// <summary>Shortest digits that give the number back; never without a point or an exponent.</summary>
    public static string Float(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var sign = shortest[0] == '-' ? "-" : "";
        var (digits, exponent) = Digits(shortest.TrimStart('-'));
        // exponent: of the first digit. Python writes 1e-05 and 1e+16, and all between them without exponent.
        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>Significant digits, and the power of ten of the first one.</summary>
    private static (string Digits, int Exponent) Digits(string number)
    {
        var e = number.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(number[(e + 1)..], CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? number : number[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), exponent + whole - 1 - leading);
    }

    private static void Append(StringBuilder text, object? value, int most)
    {
        switch (value)
        {
            case null: text.Append("None"); break;
            case bool flag: text.Append(flag ? "True" : "False"); break;
            case long number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case BigInteger number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: text.Append(Float(number)); break;
            case string characters: AppendQuoted(text, characters); break;
            case ListValue list: AppendItems(text, "[", list.All, "]", most); break;
            case TupleValue { Count: 1 } tuple: AppendItems(text, "(", tuple.All, ",)", most); break;
            case TupleValue tuple: AppendItems(text, "(", tuple.All, ")", most); break;
            case DictValue dict: AppendMembers(text, dict, most); break;
            case ViewValue view: AppendItems(text, view.TypeName + "([", view.All, "])", most); break;
            case RangeValue { Step: 1 } range: text.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop})"); break;
            case RangeValue range: text.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}, {range.Step})"); break;
            case Undefined: text.Append("Undefined"); break;
            // Python prints an address here, which is no use to a template.
            default: text.Append('<').Append(TypeName.Of(value)).Append(" object>"); break;
        }
        if (text.Length > most) throw JinjaFault.Limit($"a text of more than {most} characters");
    }

    private static void AppendItems(StringBuilder text, string open, IEnumerable<object?> items, string close, int most)
    {
        text.Append(open);
        var separator = "";
        foreach (var item in items)
        {
            text.Append(separator);
            Append(text, item, most);
            separator = ", ";
        }
        text.Append(close);
    }

    private static void AppendMembers(StringBuilder text, DictValue dict, int most)
    {
        text.Append('{');
        var separator = "";
        foreach (var (key, value) in dict.Members)
        {
            text.Append(separator);
            Append(text, key, most);
            text.Append(": ");
            Append(text, value, most);
            separator = ", ";
        }
        text.Append('}');
    }

    private static void AppendQuoted(StringBuilder text, string characters)
    {
        var quote = characters.Contains('\'', StringComparison.Ordinal) && !characters.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        for (var i = 0; i < characters.Length; i++)
        {
            var c = characters[i];
            if (c == quote || c == '\\') text.Append('\\').Append(c);
            else if (c == '\n') text.Append("\\n");
            else if (c == '\r') text.Append("\\r");
            else if (c == '\t') text.Append("\\t");
            else if (char.IsHighSurrogate(c) && i + 1 < characters.Length && char.IsLowSurrogate(characters[i + 1]))
                AppendPair(text, characters, i++);
            else if (IsPrintable(CharUnicodeInfo.GetUnicodeCategory(c)) || c == ' ') text.Append(c);
            else if (c < 256) text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        text.Append(quote);
    }

    private static void AppendPair(StringBuilder text, string characters, int at)
    {
        if (IsPrintable(CharUnicodeInfo.GetUnicodeCategory(characters, at))) text.Append(characters, at, 2);
        else text.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(characters, at):x8}");
    }

    private static bool IsPrintable(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
