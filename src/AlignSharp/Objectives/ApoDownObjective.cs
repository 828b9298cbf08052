using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Anchored preference optimization, down (D'Oosterlinck et al. 2024, arXiv:2408.06266, equation 8): <c>σ(r⁺) + 1 − σ(β·h)</c>; both completions fall, the
/// rejected one more, for chosen answers that are worse than the model's own. TRL's <c>apo_down</c>.
/// </summary>
public sealed class ApoDownObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public ApoDownObjective(double beta = 0.1, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (_beta, _divergence) = (beta, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var margins = ratios.Through(_divergence).Difference.Times(_beta);
        return ratios.Result(Bounded.Sigmoid(ratios.Chosen.Times(_beta)).Plus(Bounded.Sigmoid(-margins)), _beta);
    }
}
