using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Cross-entropy of the chosen completions, the mean over their tokens in the micro-batch, which is every pair's loss: the part that keeps chosen answers
/// likely in a mix of losses (MPO, Wang et al. 2024, arXiv:2411.10442; RPO, Pang et al. 2024, arXiv:2404.19733). TRL's <c>sft</c>.
/// </summary>
public sealed class SftObjective : IPreferenceObjective
{
    private readonly double _beta;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Scales the implicit rewards that are reported; the loss does not depend on it.</param>
    public SftObjective(double beta = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        _beta = beta;
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var sums = pairs.ChosenSum ?? pairs.Policy.Chosen;
        var mean = -sums.sum() / pairs.Tokens.Chosen.sum().AtLeast(1);
        return LogRatios.Of(pairs).Result(mean.expand(sums.size(0)), _beta);
    }
}
