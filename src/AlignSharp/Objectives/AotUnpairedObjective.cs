using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Alignment via optimal transport without pairing (Melnyk et al. 2024, arXiv:2406.05882): the log-ratios of chosen completions are to dominate
/// those of rejected ones, quantile by quantile over the micro-batch. A loss belongs to a quantile, not to a pair. TRL's <c>aot_unpaired</c>, before 1.0 <c>aot_pair</c>.
/// </summary>
public sealed class AotUnpairedObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _labelSmoothing;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="labelSmoothing">Share of labels assumed to be flipped, 0 to below 0.5 (default 0).</param>
    public AotUnpairedObjective(double beta = 0.1, double labelSmoothing = 0)
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
        return ratios.Result(Smoothed.Logistic(ratios.Sorted().Difference.Times(_beta), _labelSmoothing), _beta);
    }
}
