using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>A module with one weight that is no projection: an embedding, a norm. An adapter acts on it by an overlay that is laid on a built model.</summary>
public abstract class WeightedModule : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates a module.</summary>
    /// <param name="name">Name shown by TorchSharp; not part of a key.</param>
    protected WeightedModule(string name) : base(name) { }

    /// <summary>The weight of the checkpoint.</summary>
    public abstract Parameter Stored { get; }

    /// <summary>What lies on the weight, or null.</summary>
    protected WeightOverlay? Overlay { get; private set; }

    /// <summary>The weight to compute with now; in float32 where an overlay has one.</summary>
    protected Tensor Applied => Overlay?.Weight ?? Stored;

    /// <summary>Lays an overlay on the weight, once; the module owns it from then on.</summary>
    /// <param name="overlay">The overlay.</param>
    /// <exception cref="InvalidOperationException">One lies there already.</exception>
    public void Lay(WeightOverlay overlay)
    {
        ArgumentNullException.ThrowIfNull(overlay);
        if (Overlay is not null) throw new InvalidOperationException($"{GetName()} has an overlay already");
        Overlay = overlay;
        register_module(overlay.GetName(), overlay);
    }
}
