using AlignSharp.Data.Faults;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging.Combinations;

/// <summary>
/// Combinations that sum A and B apart, which adds products of one adapter's A with another's B: PEFT's <c>linear</c>, and with pruning before
/// (<c>magnitude_prune</c>; <c>dare_linear</c>, Yu et al. 2023, arXiv:2311.03099) or an election of signs (<c>ties</c>, Yadav et al. 2023,
/// arXiv:2306.01708; <c>dare_ties</c>). For adapters of one rank.
/// </summary>
/// <param name="CombinationName">PEFT's name.</param>
/// <param name="Pruning">What is left out of each factor before.</param>
/// <param name="Election">How the sign of an element is elected, against which no adapter counts; null for a plain sum.</param>
internal sealed record FactorwiseCombination(string CombinationName, Pruning Pruning, SignElection? Election) : AdapterCombination
{
    public override string Name => CombinationName;

    public override (Tensor A, Tensor B) Combine(IReadOnlyList<WeightedFactors> parts, Generator generator)
    {
        if (parts.Select(part => part.A.size(0)).Distinct().Count() > 1)
            throw new ConfigurationException($"combination: {Name} needs adapters of one rank, and these have {string.Join(", ", parts.Select(part => part.A.size(0)))}; use cat, or svd");
        using var scope = NewDisposeScope();
        var strengths = parts.Select(part => part.Weight * part.Scaling).ToArray();
        var a = Sum([.. parts.Select(part => part.A)], [.. strengths.Select(strength => Math.Sign(strength) * Math.Sqrt(Math.Abs(strength)))], generator);
        var b = Sum([.. parts.Select(part => part.B)], [.. strengths.Select(strength => Math.Sqrt(Math.Abs(strength)))], generator);
        return (a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope());
    }

    private Tensor Sum(Tensor[] factors, double[] weights, Generator generator)
    {
        var pruned = Array.ConvertAll(factors, factor => Pruning.Of(factor, generator));
        var weighted = stack([.. pruned.Zip(weights, (factor, weight) => factor.Times(weight))]);
        if (Election is not { } election) return weighted.sum([0]);
        // Zeros agree with neither sign.
        var all = stack(pruned);
        var votes = election == SignElection.Total ? all.sum([0]) : all.sign().sum([0]);
        var agree = all.sign().eq(votes.sign().Plus(0.5).sign()).to(ScalarType.Float32);
        return (weighted * agree).sum([0]) / maximum(agree.sum([0]), ones(1));
    }
}
