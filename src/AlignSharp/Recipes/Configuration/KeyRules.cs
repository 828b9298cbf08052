using System.Buffers;
using System.Globalization;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Checks a setting against its key: type, range, choices, and whether the key is refused.</summary>
internal static class KeyRules
{
    // With one of these a text is a regular expression, whose commas do not separate names.
    private static readonly SearchValues<char> Pattern = SearchValues.Create(@"\*()[]^$+?|{}");

    /// <summary>The setting's value in the form that the key's type has: a list for every text list, true or false for a boolean choice.</summary>
    /// <exception cref="ConfigurationException">One line: where, the key, what was found, what was expected.</exception>
    public static ConfigurationValue Accept(ConfigurationKey key, Setting setting)
    {
        if (key.Kind == KeyKind.Refused) return AcceptRefused(key, setting);
        if (setting.Value.Shape == ValueShape.Null) return key.IsNullable ? setting.Value : throw Fault(key, setting, "is not allowed");
        return key.Type switch
        {
            KeyType.Boolean => setting.Value.Shape == ValueShape.Boolean ? setting.Value : throw Fault(key, setting, "is not true or false"),
            KeyType.Integer => setting.Value.AsInteger() is { } number ? InRange(key, setting, number) : throw Fault(key, setting, "is not a whole number"),
            KeyType.Number => setting.Value.AsNumber() is { } number ? InRange(key, setting, number) : throw Fault(key, setting, "is not a number"),
            KeyType.Text => AcceptText(key, setting),
            KeyType.TextList => AcceptList(key, setting),
            KeyType.Map => setting.Value.Shape == ValueShape.Map ? setting.Value : throw Fault(key, setting, "is not a mapping"),
            _ => setting.Value,
        };
    }

    /// <summary>What a key takes, in words, for messages and documentation.</summary>
    public static string Expected(ConfigurationKey key)
    {
        var what = key.Choices.Count > 0 ? "one of " + string.Join(", ", key.Choices) : key.Type switch
        {
            KeyType.Boolean => "true or false",
            KeyType.Integer => "a whole number" + Range(key),
            KeyType.Number => "a number" + Range(key),
            KeyType.Text => "text",
            KeyType.TextList => "a list of texts",
            KeyType.Map => "a mapping, {name: value}",
            _ => "anything",
        };
        return key.IsNullable ? what + ", or null" : what;
    }

    /// <summary>The value as messages and the dry run may show it.</summary>
    public static string Shown(ConfigurationKey key, ConfigurationValue value)
    {
        if (key.IsSecret && value.Shape != ValueShape.Null) return "(hidden)";
        if (value.Shape == ValueShape.Text && value.Text.Length == 0) return "\"\"";
        return string.Concat(value.Text.Select(character => char.IsControl(character) ? ' ' : character));
    }

    /// <summary>The names in a comma-separated text; a regular expression is left whole.</summary>
    public static IEnumerable<string> Split(string text) =>
        text.AsSpan().ContainsAny(Pattern) ? [text] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether a text is a regular expression rather than a name.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny(Pattern);

    private static ConfigurationValue AcceptRefused(ConfigurationKey key, Setting setting)
    {
        var value = setting.Value;
        var isOff = value.Shape == ValueShape.Null || Same(value, key.DefaultValue)
            || key.OffValues.Any(off => Same(value, ConfigurationText.Parse(off, KeyType.Any)));
        if (isOff) return value;
        throw new ConfigurationException(
            $"{setting.Source.Position}: {key.Name}: {Shown(key, value)} is refused: {key.Reason}; remove the key or set it to {key.Default}");
    }

    private static bool Same(ConfigurationValue value, ConfigurationValue off) => value.Means(off) || (value.Shape == ValueShape.Text && off.Shape == ValueShape.Text && value.Text == off.Text);

    private static ConfigurationValue AcceptText(ConfigurationKey key, Setting setting)
    {
        var value = setting.Value;
        if (value.Shape is ValueShape.List or ValueShape.Map) throw Fault(key, setting, "is not a text");
        if (value.Text.Length == 0 && key.Kind == KeyKind.Honoured) throw Fault(key, setting, "is empty");
        if (key.Choices.Count == 0) return value;
        var text = value.Text;
        if (!key.Choices.Contains(text) && value.AsBoolean() is { } boolean) text = boolean ? "true" : "false";
        CheckChoice(key, setting, text);
        return ConfigurationValue.Quoted(text);
    }

    private static ConfigurationValue AcceptList(ConfigurationKey key, Setting setting)
    {
        var value = setting.Value;
        if (value.Shape == ValueShape.Map || value.Items.Any(item => item.Shape is ValueShape.List or ValueShape.Map or ValueShape.Null))
            throw Fault(key, setting, "is not a list of texts");
        string[] texts = value.Shape == ValueShape.List ? [.. value.Items.Select(item => item.Text)] : [.. Split(value.Text)];
        if (texts.Any(string.IsNullOrWhiteSpace)) throw Fault(key, setting, "holds an empty text");
        if (key.Choices.Count > 0)
            foreach (var text in texts) CheckChoice(key, setting, text);
        return ConfigurationValue.List([.. texts.Select(ConfigurationValue.Quoted)]);
    }

    private static void CheckChoice(ConfigurationKey key, Setting setting, string text)
    {
        if (key.Choices.Contains(text)) return;
        if (key.RefusedChoices.Contains(text))
            throw new ConfigurationException($"{setting.Source.Position}: {key.Name}: {text} is refused: {key.RefusedChoicesReason}; expected {Expected(key)}");
        throw Fault(key, setting, "is not known");
    }

    private static ConfigurationValue InRange(ConfigurationKey key, Setting setting, double number)
    {
        var tooSmall = key.AboveMinimum ? number <= key.Minimum : number < key.Minimum;
        var tooLarge = key.BelowMaximum ? number >= key.Maximum : number > key.Maximum;
        if (tooSmall || tooLarge) throw Fault(key, setting, "is out of range");
        if (key.StepsOrFraction && number >= 1 && (number != Math.Floor(number) || number > int.MaxValue)) throw Fault(key, setting, "is neither a whole number of updates nor below 1");
        return setting.Value;
    }

    private static string Range(ConfigurationKey key)
    {
        var from = double.IsFinite(key.Minimum) ? (key.AboveMinimum ? " above " : " from ") + Number(key.Minimum) : "";
        var to = double.IsFinite(key.Maximum) ? (key.BelowMaximum ? " to below " : " to ") + Number(key.Maximum) : "";
        return from + to + (key.StepsOrFraction ? " (whole, or below 1 as a fraction of all updates)" : "");
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static ConfigurationException Fault(ConfigurationKey key, Setting setting, string what) =>
        new($"{setting.Source.Position}: {key.Name}: {Shown(key, setting.Value)} {what}; expected {Expected(key)}");
}
