using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// How typed values are said in JSON: fractions keep their point, dates and times are ISO 8601, decimals have all their digits, and what is no
/// number is null.
/// </summary>
internal static class JsonValue
{
    private const int LongestNumber = 40;

    public static void Write(Utf8JsonWriter json, double value)
    {
        Span<byte> text = stackalloc byte[LongestNumber];
        if (!double.IsFinite(value)) json.WriteNullValue();
        else if (value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture)) WriteFraction(json, text, length);
    }

    public static void Write(Utf8JsonWriter json, float value)
    {
        Span<byte> text = stackalloc byte[LongestNumber];
        if (!float.IsFinite(value)) json.WriteNullValue();
        else if (value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture)) WriteFraction(json, text, length);
    }

    /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
    public static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> utf8, string field)
    {
        if (!Utf8.IsValid(utf8)) throw new InvalidDataException($"field '{field}' has {utf8.Length} bytes that are no UTF-8 text; convert the column to text, or leave it out");
        json.WriteStringValue(utf8);
    }

    public static void WriteDate(Utf8JsonWriter json, long days, string field)
    {
        var day = days + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        if (day < DateOnly.MinValue.DayNumber || day > DateOnly.MaxValue.DayNumber) throw OutOfRange(field);
        json.WriteStringValue(DateOnly.FromDayNumber((int)day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <param name="json">Where to write.</param>
    /// <param name="count">Units since 1970.</param>
    /// <param name="scale">The unit: 0 for seconds, 3, 6, 9.</param>
    /// <param name="isUtc">Whether the moment is one in UTC.</param>
    /// <param name="field">Its name.</param>
    public static void WriteTimestamp(Utf8JsonWriter json, Int128 count, int scale, bool isUtc, string field)
    {
        var unit = (Int128)BigInteger.Pow(10, scale);
        var (seconds, fraction) = Int128.DivRem(count, unit);
        if (fraction < 0) (seconds, fraction) = (seconds - 1, fraction + unit);
        if (seconds < MinSeconds || seconds > MaxSeconds) throw OutOfRange(field);
        var moment = DateTime.UnixEpoch.AddTicks((long)seconds * TimeSpan.TicksPerSecond);
        json.WriteStringValue(moment.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Fraction((long)fraction, scale) + (isUtc ? "Z" : ""));
    }

    public static void WriteTime(Utf8JsonWriter json, long count, int scale, string field)
    {
        var (seconds, fraction) = Math.DivRem(count, (long)Math.Pow(10, scale));
        if (count < 0 || seconds >= 86400) throw OutOfRange(field);
        json.WriteStringValue(TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture) + Fraction(fraction, scale));
    }

    public static void WriteDecimal(Utf8JsonWriter json, BigInteger digits, int scale)
    {
        var text = BigInteger.Abs(digits).ToString(CultureInfo.InvariantCulture).PadLeft(Math.Clamp(scale, 0, 1000) + 1, '0');
        var point = text.Length - Math.Clamp(scale, 0, 1000);
        json.WriteRawValue((digits.Sign < 0 ? "-" : "") + (scale > 0 ? $"{text[..point]}.{text[point..]}" : text), skipInputValidation: true);
    }

    private static readonly long MinSeconds = (DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
    private static readonly long MaxSeconds = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    // 1 would come back as an integer.
    private static void WriteFraction(Utf8JsonWriter json, Span<byte> text, int length)
    {
        if (!text[..length].ContainsAny((byte)'.', (byte)'E'))
        {
            ".0"u8.CopyTo(text[length..]);
            length += 2;
        }
        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private static string Fraction(long fraction, int scale) =>
        fraction == 0 ? "" : "." + fraction.ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0').TrimEnd('0');

    private static InvalidDataException OutOfRange(string field) => new($"field '{field}' has a date or time out of range; repair it or leave the column out");
}
