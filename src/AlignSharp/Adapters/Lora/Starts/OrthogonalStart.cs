using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>
/// A from the even rows and B from the odd rows of one orthogonal matrix, so that B·A is zero though neither is
/// (<c>init_lora_weights: orthogonal</c>); for even ranks.
/// </summary>
public sealed record OrthogonalStart : LoraStart
{
    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (orthogonal, _) = linalg.qr(randn([at.Rank, at.Rank], generator: generator));
        var halves = orthogonal.view(at.Rank / 2, 2, at.Rank);
        var a = randn([at.InFeatures, at.Rank / 2], generator: generator).mm(halves.select(1, 0)).t().Times(0.1);
        var b = randn([at.Rank / 2, at.OutFeatures], generator: generator).t().mm(halves.select(1, 1)).Times(0.1);
        return (a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope());
    }
}
