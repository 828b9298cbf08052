namespace AlignSharp.Adapters.Lora;

/// <summary>Targets by name: a path equals an entry or ends with a dot and the entry.</summary>
/// <param name="Names">For example <c>q_proj</c>, or a full module path.</param>
public sealed record NamedTargets(IReadOnlyList<string> Names) : LoraTargets
{
    /// <inheritdoc/>
    public override bool Matches(string path, AdaptedModule kind) => Names.Any(name => NameMatches(name, path));

    /// <summary>Equal when the same names are listed, in any order: PEFT keeps them as a set.</summary>
    /// <param name="other">The other targets.</param>
    public bool Equals(NamedTargets? other) => other is not null && Names.ToHashSet().SetEquals(other.Names);

    /// <inheritdoc/>
    public override int GetHashCode() => Names.Distinct().Aggregate(0, (hash, name) => hash ^ name.GetHashCode(StringComparison.Ordinal));

    internal static bool NameMatches(string name, string path) => path == name || path.EndsWith("." + name, StringComparison.Ordinal);
}
