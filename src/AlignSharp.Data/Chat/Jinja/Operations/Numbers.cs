using System.Globalization;
using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Python's numbers: integers of any size (held as long while they fit), floats, and booleans, which count as 0 and 1.</summary>
internal static class Numbers
{
    /// <summary>Most digits of an integer that is read from text, as in Python.</summary>
    public const int MaxDigits = 4300;

    private const int MaxBytes = 4096;

    public static bool IsNumber(object? value) => value is long or double or bool or BigInteger;

    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static BigInteger ToBig(object? value) => value switch
    {
        long number => number,
        BigInteger number => number,
        bool flag => flag ? 1 : 0,
        _ => throw JinjaFault.Type($"'{TypeName.Of(value)}' object cannot be interpreted as an integer"),
    };

    public static double ToDouble(object? value) => value switch
    {
        double number => number,
        long number => number,
        _ => (double)ToBig(value),
    };

    public static int ToInt32(object? value) => Clamp(ToBig(value), int.MinValue, int.MaxValue);

    public static long ToInt64(object? value) => value is long number ? number : (long)BigInteger.Clamp(ToBig(value), long.MinValue, long.MaxValue);

    /// <summary>As long if it fits; a number of thousands of digits is refused.</summary>
    public static object Shrink(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue) return (long)value;
        return value.GetByteCount() <= MaxBytes ? value : throw JinjaFault.Limit($"an integer of more than {MaxBytes} bytes");
    }

    /// <summary>Python's int(text), or null.</summary>
    public static object? ParseInteger(string text, int radix = 10)
    {
        var digits = Digits(text);
        if (digits is null) return null;
        var negative = digits.StartsWith('-');
        if (digits[0] is '-' or '+') digits = digits[1..];
        if (radix is 0 or 2 or 8 or 16 && digits.Length > 2 && digits[0] == '0' && PrefixRadix(digits[1]) is var prefix && prefix > 0 && (radix == 0 || radix == prefix))
            (digits, radix) = (digits[2..], prefix);
        if (radix == 0) radix = 10;
        if (radix is < 2 or > 36 || digits.Length is 0 or > MaxDigits) return null;
        BigInteger value = 0;
        foreach (var c in digits)
        {
            var digit = c is >= '0' and <= '9' ? c - '0' : char.IsAsciiLetter(c) ? (c | 32) - 'a' + 10 : 99;
            if (digit >= radix) return null;
            value = value * radix + digit;
        }
        return Shrink(negative ? -value : value);
    }

    /// <summary>Python's float(text), or null.</summary>
    public static double? ParseFloat(string text)
    {
        if (Digits(text) is not { } digits) return null;
        switch (CodePoints.Lower(digits).TrimStart('+', '-'))
        {
            case "inf" or "infinity": return digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan": return double.NaN;
        }
        return char.IsAsciiLetter(digits.TrimStart('+', '-').FirstOrDefault()) || !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? null
            : value;
    }

    /// <summary>A float cut to an integer.</summary>
    public static object Truncate(double value)
    {
        if (double.IsNaN(value)) throw JinjaFault.Value("cannot convert float NaN to integer");
        if (double.IsInfinity(value)) throw JinjaFault.Value("cannot convert float infinity to integer");
        return Shrink(new BigInteger(Math.Truncate(value)));
    }

    private static int Clamp(BigInteger value, int least, int most) => (int)BigInteger.Clamp(value, least, most);

    private static int PrefixRadix(char c) => (c | 32) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };

    /// <summary>Without space around and without the underscores that may stand between digits; null if nothing is left.</summary>
    private static string? Digits(string text)
    {
        var trimmed = StringTrim.Both(text, null);
        if (trimmed.StartsWith('_') || trimmed.EndsWith('_') || trimmed.Contains("__", StringComparison.Ordinal)) return null;
        trimmed = trimmed.Replace("_", "", StringComparison.Ordinal);
        return trimmed.Length == 0 ? null : trimmed;
    }
}
