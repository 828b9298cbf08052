using System.Globalization;

namespace AlignSharp.Recipes.Configuration;

/// <summary>
/// One value of a configuration, as written and as understood. The scalar rule, which differs from PyYAML's where that surprises:
/// not quoted, <c>null</c>, <c>~</c> and nothing are null; <c>true false yes no on off</c> (lower, upper or title case) are booleans;
/// decimal numbers with an optional exponent (<c>10</c>, <c>-1</c>, <c>0.1</c>, <c>5.0e-4</c>, <c>1e-4</c>) are numbers;
/// everything else, and everything quoted, is text. There are no dates, octals, hexadecimals, infinities or digit separators.
/// </summary>
public sealed class ConfigurationValue
{
    private static readonly IReadOnlyDictionary<string, ConfigurationValue> NoEntries = new Dictionary<string, ConfigurationValue>();

    private ConfigurationValue(ValueShape shape, string text)
    {
        Shape = shape;
        Text = text;
    }

    /// <summary>The null value.</summary>
    public static ConfigurationValue Null { get; } = new(ValueShape.Null, "null");

    /// <summary>What kind of value this is.</summary>
    public ValueShape Shape { get; }

    /// <summary>A scalar as it was written, without quotes; a list or mapping in YAML's flow form.</summary>
    public string Text { get; }

    /// <summary>The elements of a list; empty otherwise.</summary>
    public IReadOnlyList<ConfigurationValue> Items { get; private init; } = [];

    /// <summary>The entries of a mapping; empty otherwise.</summary>
    public IReadOnlyDictionary<string, ConfigurationValue> Entries { get; private init; } = NoEntries;

    /// <summary>Reads a scalar that is not quoted, by the scalar rule.</summary>
    /// <param name="text">The scalar as written.</param>
    public static ConfigurationValue Plain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is "" or "~" or "null" or "Null" or "NULL") return Null;
        if (BooleanOf(text) is not null) return new(ValueShape.Boolean, text);
        return new(IsNumber(text) ? ValueShape.Number : ValueShape.Text, text);
    }

    /// <summary>A scalar that was quoted: text, whatever it looks like.</summary>
    /// <param name="text">The scalar without its quotes.</param>
    public static ConfigurationValue Quoted(string text) => new(ValueShape.Text, text);

    /// <summary>A list.</summary>
    /// <param name="items">The elements in order.</param>
    public static ConfigurationValue List(IReadOnlyList<ConfigurationValue> items) =>
        new(ValueShape.List, "[" + string.Join(", ", items.Select(item => item.Text)) + "]") { Items = items };

    /// <summary>A mapping.</summary>
    /// <param name="entries">Names and values.</param>
    public static ConfigurationValue Map(IReadOnlyDictionary<string, ConfigurationValue> entries) =>
        new(ValueShape.Map, "{" + string.Join(", ", entries.Select(entry => $"{entry.Key}: {entry.Value.Text}")) + "}") { Entries = entries };

    /// <summary>The boolean of a boolean value; null for any other shape.</summary>
    public bool? AsBoolean() => Shape == ValueShape.Boolean ? BooleanOf(Text) : null;

    /// <summary>The number of a number value, null for any other shape and for numbers beyond a double's range.</summary>
    public double? AsNumber() =>
        Shape == ValueShape.Number && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    /// <summary>The whole number of a number value written without point or exponent; null otherwise and beyond 32 bits.</summary>
    public int? AsInteger() =>
        Shape == ValueShape.Number && int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether two values mean the same: booleans and numbers by value, everything else by text.</summary>
    /// <param name="other">The value to compare with.</param>
    public bool Means(ConfigurationValue other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Shape != other.Shape) return false;
        return Shape switch
        {
            ValueShape.Null => true,
            ValueShape.Boolean => AsBoolean() == other.AsBoolean(),
            ValueShape.Number => AsNumber() is { } number ? number == other.AsNumber() : Text == other.Text,
            ValueShape.List => Items.Count == other.Items.Count && Items.Zip(other.Items).All(pair => pair.First.Means(pair.Second)),
            ValueShape.Map => Entries.Count == other.Entries.Count
                && Entries.All(entry => other.Entries.TryGetValue(entry.Key, out var value) && entry.Value.Means(value)),
            _ => Text == other.Text,
        };
    }

    private static bool? BooleanOf(string text) => text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    // Sign, digits with at most one point, exponent: written out, because double.TryParse also takes "NaN", "Infinity" and " 1".
    private static bool IsNumber(string text)
    {
        var position = text[0] is '+' or '-' ? 1 : 0;
        var whole = Digits(text, ref position);
        var fraction = 0;
        if (position < text.Length && text[position] == '.')
        {
            position++;
            fraction = Digits(text, ref position);
        }
        if (whole + fraction == 0) return false;
        if (position == text.Length) return true;
        if (text[position] is not ('e' or 'E')) return false;
        position++;
        if (position < text.Length && text[position] is ('+' or '-')) position++;
        return Digits(text, ref position) > 0 && position == text.Length;
    }

    private static int Digits(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position])) position++;
        return position - start;
    }
}
