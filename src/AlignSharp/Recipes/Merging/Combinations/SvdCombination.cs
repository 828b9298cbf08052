using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging.Combinations;

/// <summary>
/// PEFT's <c>svd</c>: the largest singular values of <c>Σ weight · scaling · update</c>, where each update has its scaling already. That the scaling
/// counts twice is PEFT's, whose name this bears; <c>cat</c> is the sum that was meant.
/// </summary>
/// <param name="SvdRank">Number of singular values (<c>svd_rank</c>); null for the largest rank of the adapters.</param>
internal sealed record SvdCombination(int? SvdRank) : AdapterCombination
{
    public override string Name => "svd";

    public override int? Rank => SvdRank;

    public override (Tensor A, Tensor B) Combine(IReadOnlyList<WeightedFactors> parts, Generator generator)
    {
        using var scope = NewDisposeScope();
        var sum = parts.Select(part => part.B.mm(part.A).Times(part.Weight * part.Scaling * part.Scaling)).Aggregate((one, other) => one.Plus(other));
        var (u, s, v) = linalg.svd(sum, fullMatrices: false);
        var rank = Math.Min(SvdRank ?? parts.Max(part => part.A.size(0)), s.size(0));
        return (v.narrow(0, 0, rank).clone().MoveToOuterDisposeScope(), (u.narrow(1, 0, rank) * s.narrow(0, 0, rank)).MoveToOuterDisposeScope());
    }
}
