using System.Text.RegularExpressions;
using AlignSharp.Data.Faults;
using AlignSharp.Models;

namespace AlignSharp.Adapters.Lora;

/// <summary>Targets by a regular expression that must match the whole module path.</summary>
/// <param name="Pattern">The expression, in the common subset of Python's and .NET's syntax.</param>
public sealed record PatternTargets(string Pattern) : LoraTargets
{
    private readonly Regex _whole = new($"^(?:{Pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <inheritdoc/>
    /// <exception cref="ConfigurationException">The expression takes too long.</exception>
    public override bool Matches(ProjectionSite site)
    {
        try
        {
            return _whole.IsMatch(site.Path);
        }
        catch (RegexMatchTimeoutException fault)
        {
            throw new ConfigurationException($"target_modules: the expression '{Pattern}' takes too long on '{site.Path}'; write it without nested repetition", fault);
        }
    }

    /// <summary>Equal when the patterns are.</summary>
    /// <param name="other">The other targets.</param>
    public bool Equals(PatternTargets? other) => other is not null && Pattern == other.Pattern;

    /// <inheritdoc/>
    public override int GetHashCode() => Pattern.GetHashCode(StringComparison.Ordinal);
}
