using System.Globalization;
using System.Numerics;
using System.Text.Json;
using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>JSON as values of the template language.</summary>
internal static class JsonInput
{
    /// <summary>Copies a JSON value.</summary>
    /// <exception cref="InvalidOperationException">A string holds half of a surrogate pair.</exception>
    public static object? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(json),
        JsonValueKind.Array => new ListValue([.. json.EnumerateArray().Select(Read)]),
        JsonValueKind.Object => new DictValue(json.EnumerateObject().Select(member => KeyValuePair.Create<object?, object?>(member.Name, Read(member.Value)))),
        _ => null,
    };

    /// <summary>As Python reads numbers: an integer of any size unless there is a point or an exponent.</summary>
    private static object Number(JsonElement json)
    {
        if (json.TryGetInt64(out var number)) return number;
        var text = json.GetRawText();
        // As in Python: longer integers take time that grows with the square.
        if (text.Length > Numbers.MaxDigits) throw JinjaFault.Limit($"a number of more than {Numbers.MaxDigits} digits");
        return text.AsSpan().ContainsAny('.', 'e', 'E')
            ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
            : BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
