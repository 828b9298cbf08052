using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// EXO for pairs (Ji et al. 2024, arXiv:2402.00856, equation 16): the reverse KL divergence between the policy's preference σ(β·h) and the
/// label's 1 − ε. TRL's <c>exo_pair</c>.
/// </summary>
public sealed class ExoPairObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _labelSmoothing;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="labelSmoothing">ε, above 0 and below 0.5 (the paper: 1e-3).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public ExoPairObjective(double beta = 0.1, double labelSmoothing = 1e-3, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);
        (_beta, _labelSmoothing, _divergence) = (beta, labelSmoothing, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var logits = ratios.Through(_divergence).Difference.Times(_beta);
        var chosen = Bounded.Sigmoid(logits) * F.logsigmoid(logits).Plus(-Math.Log(1 - _labelSmoothing));
        var rejected = Bounded.Sigmoid(-logits) * F.logsigmoid(-logits).Plus(-Math.Log(_labelSmoothing));
        return ratios.Result(chosen.Plus(rejected), _beta);
    }
}
