namespace AlignSharp.Adapters.Lora;

/// <summary>Every linear projection but the output head (<c>all-linear</c>).</summary>
public sealed record AllLinearTargets : LoraTargets
{
    /// <inheritdoc/>
    public override bool Matches(string path, AdaptedModule kind) => kind == AdaptedModule.Projection;
}
