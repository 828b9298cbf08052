using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// The hinge loss of SLiC (Zhao et al. 2023, arXiv:2305.10425) on DPO's margin, as RSO has it (Liu et al. 2023, arXiv:2309.06657):
/// <c>max(0, 1 − β·h)</c>. TRL's <c>hinge</c>.
/// </summary>
public sealed class HingeObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public HingeObjective(double beta = 0.1, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (_beta, _divergence) = (beta, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var logits = ratios.Through(_divergence).Difference.Times(_beta);
        return ratios.Result((-logits).Plus(1).relu(), _beta);
    }
}
