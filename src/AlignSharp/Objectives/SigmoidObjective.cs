using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Direct Preference Optimization (Rafailov et al. 2023, arXiv:2305.18290, equation 7), with the label smoothing of conservative
/// DPO (Mitchell 2023): <c>−(1 − ε)·log σ(β·h) − ε·log σ(−β·h)</c>, h = chosen score − rejected score. TRL's <c>sigmoid</c>; TRL 1.9 does not smooth it.
/// </summary>
public sealed class SigmoidObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _labelSmoothing;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="labelSmoothing">Share of labels assumed to be flipped, 0 to below 0.5 (default 0).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public SigmoidObjective(double beta = 0.1, double labelSmoothing = 0, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);
        (_beta, _labelSmoothing, _divergence) = (beta, labelSmoothing, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var logits = ratios.Through(_divergence).Difference.Times(_beta);
        return ratios.Result(Smoothed.Logistic(logits, _labelSmoothing), _beta);
    }
}
