using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>A linear map from <c>[tokens, in]</c> to <c>[tokens, out]</c>: plain, quantised, or with an adapter around it.</summary>
public abstract class Projection : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates a projection.</summary>
    /// <param name="name">Name shown by TorchSharp; not part of a key.</param>
    protected Projection(string name) : base(name) { }

    /// <summary>Adds a matrix to the stored weight, rounding once into its type; how an adapter is merged.</summary>
    /// <param name="delta">float32 <c>[out, in]</c>; not disposed.</param>
    public abstract void AddToWeight(Tensor delta);
}
