using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Self-play preference optimization with hard labels (Wu et al. 2024, arXiv:2405.00675, equation 4.7): each log-ratio is pulled to ±1/(2β).
/// TRL's <c>sppo_hard</c>.
/// </summary>
public sealed class SppoHardObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public SppoHardObjective(double beta = 0.1, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (_beta, _divergence) = (beta, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var scores = ratios.Through(_divergence);
        var losses = Bounded.Square(scores.Chosen.Plus(-0.5 / _beta)).Plus(Bounded.Square(scores.Rejected.Plus(0.5 / _beta)));
        return ratios.Result(losses, _beta);
    }
}
