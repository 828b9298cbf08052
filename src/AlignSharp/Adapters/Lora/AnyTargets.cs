namespace AlignSharp.Adapters.Lora;

/// <summary>What any of several adapters adapts: those that are summed.</summary>
/// <param name="Adapters">Their options.</param>
public sealed record AnyTargets(IReadOnlyList<LoraOptions> Adapters) : LoraTargets
{
    /// <inheritdoc/>
    public override bool Matches(string path, AdaptedModule kind) => Adapters.Any(options => options.Adapts(path, kind));
}
