using AlignSharp.Models;

namespace AlignSharp.Adapters.Lora;

/// <summary>Which projections get an adapter, by PEFT's rules.</summary>
public abstract record LoraTargets
{
    /// <summary>PEFT's default for Llama-like models.</summary>
    public static LoraTargets Default { get; } = new NamedTargets(["q_proj", "v_proj"]);

    /// <summary>Whether the projection at a site gets an adapter.</summary>
    /// <param name="site">The site.</param>
    public abstract bool Matches(ProjectionSite site);
}
