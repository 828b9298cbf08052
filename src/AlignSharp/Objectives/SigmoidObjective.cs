using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// Direct Preference Optimization (Rafailov et al. 2023, arXiv:2305.18290, equation 7), with the label smoothing of conservative
/// DPO (Mitchell 2023): <c>−(1 − ε)·log σ(β·h) − ε·log σ(−β·h)</c>, h = policy log-ratio − reference log-ratio.
/// </summary>
public sealed class SigmoidObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _labelSmoothing;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (the paper's experiments and TRL: 0.1).</param>
    /// <param name="labelSmoothing">Share of labels assumed to be flipped, 0 to below 0.5 (default 0).</param>
    public SigmoidObjective(double beta = 0.1, double labelSmoothing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);
        (_beta, _labelSmoothing) = (beta, labelSmoothing);
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(PairLogps policy, PairLogps reference)
    {
        using var scope = NewDisposeScope();
        var chosen = policy.Chosen - reference.Chosen;
        var rejected = policy.Rejected - reference.Rejected;
        var logits = (chosen - rejected).Times(_beta);
        var losses = -F.logsigmoid(logits);
        if (_labelSmoothing > 0) losses = losses.Times(1 - _labelSmoothing) - F.logsigmoid(-logits).Times(_labelSmoothing);
        return new ObjectiveResult(
            losses.MoveToOuterDisposeScope(),
            chosen.detach().Times(_beta).MoveToOuterDisposeScope(),
            rejected.detach().Times(_beta).MoveToOuterDisposeScope());
    }
}
