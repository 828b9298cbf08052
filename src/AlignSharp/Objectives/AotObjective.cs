using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Alignment via optimal transport of pairs (Melnyk et al. 2024, arXiv:2406.05882): the policy's margins are to dominate the reference's, quantile by
/// quantile over the micro-batch, so it needs several pairs in one. A loss belongs to a quantile, not to a pair. TRL's <c>aot</c>.
/// </summary>
public sealed class AotObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _labelSmoothing;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="labelSmoothing">Share of labels assumed to be flipped, 0 to below 0.5 (default 0).</param>
    public AotObjective(double beta = 0.1, double labelSmoothing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);
        (_beta, _labelSmoothing) = (beta, labelSmoothing);
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var policy = (pairs.Policy.Chosen - pairs.Policy.Rejected).sort(0).Values;
        var reference = (pairs.Reference.Chosen - pairs.Reference.Rejected).sort(0).Values;
        return ratios.Result(Smoothed.Logistic((policy - reference).Times(_beta), _labelSmoothing), _beta);
    }
}
