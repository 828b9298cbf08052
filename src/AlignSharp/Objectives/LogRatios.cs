using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>Policy minus reference log-probability of both completions; float32 <c>[pairs]</c>, with gradient, owned by the objective's scope.</summary>
internal readonly record struct LogRatios(Tensor Chosen, Tensor Rejected)
{
    /// <summary>Chosen minus rejected.</summary>
    public Tensor Difference => Chosen - Rejected;

    public static LogRatios Of(ObjectiveInput pairs) =>
        new(pairs.Policy.Chosen - pairs.Reference.Chosen, pairs.Policy.Rejected - pairs.Reference.Rejected);

    /// <summary>What a divergence makes of them.</summary>
    public LogRatios Through(IDivergence divergence) => new(divergence.Scores(Chosen), divergence.Scores(Rejected));

    /// <summary>Each divided by its completion's tokens.</summary>
    public LogRatios PerToken(PairCounts tokens) => new(Chosen / tokens.Chosen.AtLeast(1), Rejected / tokens.Rejected.AtLeast(1));

    /// <summary>Each in ascending order over the batch.</summary>
    public LogRatios Sorted() => new(Chosen.sort(0).Values, Rejected.sort(0).Values);

    /// <summary>
    /// The objective's result, moved out of its scope. Rewards are beta times the plain log-ratios, whatever the loss does with them (TRL).
    /// </summary>
    public ObjectiveResult Result(Tensor losses, double beta) => new(
        losses.MoveToOuterDisposeScope(),
        Chosen.detach().Times(beta).MoveToOuterDisposeScope(),
        Rejected.detach().Times(beta).MoveToOuterDisposeScope());
}
