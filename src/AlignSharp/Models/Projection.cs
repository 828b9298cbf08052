using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>
/// A linear map from <c>[tokens, in]</c> to <c>[tokens, out]</c>: plain, quantised, or with an adapter around it. Models hand the
/// <see cref="Map"/>s of all projections of one input to <see cref="Linear"/> together.
/// </summary>
public abstract class Projection : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates a projection.</summary>
    /// <param name="name">Name shown by TorchSharp; not part of a key.</param>
    protected Projection(string name) : base(name) { }

    /// <summary>The map as it applies now, adapters included; its tensors stay the projection's.</summary>
    public abstract LinearMap Map { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Linear.Apply(input, Map);

    /// <summary>Adds a matrix to the stored weight, rounding once into its type; how an adapter is merged.</summary>
    /// <param name="delta">float32 <c>[out, in]</c>; not disposed.</param>
    public abstract void AddToWeight(Tensor delta);
}
