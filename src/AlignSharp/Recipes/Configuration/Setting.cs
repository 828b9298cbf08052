namespace AlignSharp.Recipes.Configuration;

/// <summary>A key that somebody set, before it is known whether the key exists.</summary>
/// <param name="Key">The key with underscores.</param>
/// <param name="Value">The value as read.</param>
/// <param name="Source">Where it was set.</param>
public sealed record Setting(string Key, ConfigurationValue Value, Provenance Source);
