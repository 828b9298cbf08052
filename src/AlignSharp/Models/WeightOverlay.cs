using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>What an adapter lays on the weight of a <see cref="WeightedModule"/>: another weight in its place, or something added to what it gives.</summary>
public abstract class WeightOverlay : nn.Module
{
    /// <summary>Creates an overlay.</summary>
    /// <param name="name">Name under which its parameters appear in the module.</param>
    protected WeightOverlay(string name) : base(name) { }

    /// <summary>The weight to compute with in place of the stored one, float32 in its shape; null for the stored one.</summary>
    public virtual Tensor? Weight => null;

    /// <summary>Adds to rows that an embedding gives.</summary>
    /// <param name="rows">The rows, <c>[tokens, hidden]</c>; not disposed.</param>
    /// <param name="ids">Their ids, int64 <c>[tokens]</c>.</param>
    /// <returns>The sum in the type of the rows, owned by the caller's scope; null for the rows as they are.</returns>
    public virtual Tensor? AddTo(Tensor rows, Tensor ids) => null;
}
