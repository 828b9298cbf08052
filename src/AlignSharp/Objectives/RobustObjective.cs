using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// Robust DPO (Chowdhury et al. 2024, arXiv:2403.00409): an unbiased estimate of the loss without flipped labels,
/// <c>(−(1 − ε)·log σ(β·h) + ε·log σ(−β·h)) / (1 − 2ε)</c>; it has no lower bound. TRL's <c>robust</c>.
/// </summary>
public sealed class RobustObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _labelSmoothing;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="labelSmoothing">Share of labels assumed to be flipped, 0 to below 0.5 (default 0).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public RobustObjective(double beta = 0.1, double labelSmoothing = 0, IDivergence? divergence = null)
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
        var losses = F.logsigmoid(-logits).Times(_labelSmoothing) - F.logsigmoid(logits).Times(1 - _labelSmoothing);
        return ratios.Result(losses.Over(1 - 2 * _labelSmoothing), _beta);
    }
}
