using AlignSharp.Models;

namespace AlignSharp.Adapters.Lora;

/// <summary>What any of several targets matches: those of adapters that are summed.</summary>
/// <param name="Targets">The targets.</param>
public sealed record AnyTargets(IReadOnlyList<LoraTargets> Targets) : LoraTargets
{
    /// <inheritdoc/>
    public override bool Matches(ProjectionSite site) => Targets.Any(targets => targets.Matches(site));
}
