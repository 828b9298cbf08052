using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Anchored preference optimization, zero (D'Oosterlinck et al. 2024, arXiv:2408.06266, equation 7): <c>1 − σ(r⁺) + σ(r⁻)</c>; the chosen completion rises
/// and the rejected one falls, for chosen answers that are better than the model's own. TRL's <c>apo_zero</c>.
/// </summary>
public sealed class ApoZeroObjective : IPreferenceObjective
{
    private readonly double _beta;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    public ApoZeroObjective(double beta = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        _beta = beta;
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var (chosen, rejected) = (ratios.Chosen.Times(_beta), ratios.Rejected.Times(_beta));
        return ratios.Result(Bounded.Sigmoid(-chosen).Plus(Bounded.Sigmoid(rejected)), _beta);
    }
}
