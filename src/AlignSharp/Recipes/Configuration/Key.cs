namespace AlignSharp.Recipes.Configuration;

/// <summary>Shorthand that keeps the key tables to one line a key.</summary>
internal static class Key
{
    public static ConfigurationKey Honoured(string origin, KeyGroup group, string name, KeyType type, string @default, string explanation) =>
        new() { Origin = origin, Kind = KeyKind.Honoured, Group = group, Name = name, Type = type, Default = @default, Explanation = explanation };

    public static ConfigurationKey Satisfied(string origin, KeyGroup group, string name, KeyType type, string @default, string explanation, string reason) =>
        new() { Origin = origin, Kind = KeyKind.Satisfied, Group = group, Name = name, Type = type, Default = @default, Explanation = explanation, Reason = reason };

    public static ConfigurationKey Refused(string origin, KeyGroup group, string name, KeyType type, string @default, string explanation, string reason) =>
        new() { Origin = origin, Kind = KeyKind.Refused, Group = group, Name = name, Type = type, Default = @default, Explanation = explanation, Reason = reason };
}
