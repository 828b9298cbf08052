using AlignSharp.Models;

namespace AlignSharp.Adapters.Lora;

/// <summary>Which modules get an adapter, by PEFT's rules.</summary>
public abstract record LoraTargets
{
    /// <summary>PEFT's default for Llama-like models.</summary>
    public static LoraTargets Default { get; } = new NamedTargets(["q_proj", "v_proj"]);

    /// <summary>Whether the projection at a site gets an adapter.</summary>
    /// <param name="site">The site.</param>
    public bool Matches(ProjectionSite site) => Matches(site.Path, site.IsOutputHead ? AdaptedModule.OutputHead : AdaptedModule.Projection);

    /// <summary>Whether a module gets an adapter.</summary>
    /// <param name="path">Module path of a projection or an embedding.</param>
    /// <param name="kind">What kind of module it is.</param>
    public abstract bool Matches(string path, AdaptedModule kind);
}
