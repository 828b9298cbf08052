using AlignSharp.Data.Faults;

namespace AlignSharp.Adapters.Lora;

/// <summary>Targets by a regular expression that must match the whole module path.</summary>
/// <param name="Pattern">The expression, in the common subset of Python's and .NET's syntax.</param>
public sealed record PatternTargets(string Pattern) : LoraTargets
{
    private readonly ModulePattern _whole = new($"^(?:{Pattern})$", Pattern, "target_modules");

    /// <inheritdoc/>
    /// <exception cref="ConfigurationException">The expression takes too long.</exception>
    public override bool Matches(string path, AdaptedModule kind) => _whole.Matches(path);

    /// <summary>Equal when the patterns are.</summary>
    /// <param name="other">The other targets.</param>
    public bool Equals(PatternTargets? other) => other is not null && Pattern == other.Pattern;

    /// <inheritdoc/>
    public override int GetHashCode() => Pattern.GetHashCode(StringComparison.Ordinal);
}
