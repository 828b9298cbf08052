using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Reads the keys of an adapter whose values have a form of their own.</summary>
internal static class AdapterBinding
{
    /// <summary>A text that may be written as a boolean.</summary>
    public static string Word(EffectiveConfiguration from, string key) => from.Value(key).AsBoolean() switch { true => "true", false => "false", null => from.Text(key) };

    /// <summary>Ranks by pattern, in the order of the file.</summary>
    public static IReadOnlyList<KeyValuePair<string, int>> RankPattern(EffectiveConfiguration from) =>
        Entries<int>(from, "lora_rank_pattern", value => value.AsInteger() is > 0 and var rank ? rank : null, "a whole number above 0");

    /// <summary>Alphas by pattern, in the order of the file.</summary>
    public static IReadOnlyList<KeyValuePair<string, double>> AlphaPattern(EffectiveConfiguration from) =>
        Entries<double>(from, "lora_alpha_pattern", value => value.AsNumber() is > 0 and var alpha ? alpha : null, "a number above 0");

    /// <summary>Indices of layers.</summary>
    public static IReadOnlyList<int> Layers(EffectiveConfiguration from)
    {
        const string key = "lora_layers_to_transform";
        return [.. from.TextList(key).Select(text => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var layer) ? layer : throw Fault(from, key, $"{text} is not the index of a layer"))];
    }

    private static IReadOnlyList<KeyValuePair<string, T>> Entries<T>(EffectiveConfiguration from, string key, Func<ConfigurationValue, T?> read, string expected) where T : struct =>
        [.. from.Value(key).Entries.Select(entry => KeyValuePair.Create(entry.Key, read(entry.Value) ?? throw Fault(from, key, $"{entry.Key}: {entry.Value.Text} is not {expected}")))];

    private static ConfigurationException Fault(EffectiveConfiguration from, string key, string what) => new($"{from.Source(key).Position}: {key}: {what}");
}
