using System.Globalization;
using System.Text;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Python's strftime in the C locale.</summary>
internal static class TimeFormat
{
    public static string Apply(string format, DateTimeOffset time, Rendering rendering)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            // %-d: as %d without the leading zeros.
            var unpadded = format[++i] == '-' && i + 1 < format.Length;
            if (unpadded) i++;
            var part = Part(format[i], time) ?? throw JinjaFault.Value($"strftime_now does not know %{format[i]}");
            if (unpadded) part = part.TrimStart('0', ' ') is { Length: > 0 } rest ? rest : "0";
            rendering.CheckLength(text.Length + part.Length);
            rendering.Spend();
            text.Append(part);
        }
        return text.ToString();
    }

    private static string? Part(char directive, DateTimeOffset time)
    {
        string Net(string pattern) => time.ToString(pattern, CultureInfo.InvariantCulture);
        return directive switch
        {
            'a' => Net("ddd"),
            'A' => Net("dddd"),
            'b' or 'h' => Net("MMM"),
            'B' => Net("MMMM"),
            'c' => Net("ddd MMM ") + Day(time) + Net(" HH:mm:ss yyyy"),
            'd' => Net("dd"),
            'D' or 'x' => Net("MM'/'dd'/'yy"),
            'e' => Day(time),
            'f' => Net("ffffff"),
            'F' => Net("yyyy-MM-dd"),
            'H' => Net("HH"),
            'I' => Net("hh"),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'm' => Net("MM"),
            'M' => Net("mm"),
            'n' => "\n",
            'p' => Net("tt"),
            'R' => Net("HH:mm"),
            's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'S' => Net("ss"),
            't' => "\t",
            'T' or 'X' => Net("HH:mm:ss"),
            'u' => ((int)(time.DayOfWeek == DayOfWeek.Sunday ? (DayOfWeek)7 : time.DayOfWeek)).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'y' => Net("yy"),
            'Y' => Net("yyyy"),
            // datetime.now() knows no zone.
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };
    }

    private static string Day(DateTimeOffset time) => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2);
}
