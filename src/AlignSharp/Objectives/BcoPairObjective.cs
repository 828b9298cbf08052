using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// Binary classifier optimization of pairs (Jung et al. 2024, arXiv:2404.04656): <c>−log σ(r⁺) − log σ(−r⁻)</c>, a classifier of good and bad answers. TRL's <c>bco_pair</c>;
/// TRL 0.13 shifts the rewards, see <see cref="ShiftedBcoPairObjective"/>.
/// </summary>
public sealed class BcoPairObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public BcoPairObjective(double beta = 0.1, IDivergence? divergence = null)
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
        var losses = -F.logsigmoid(scores.Chosen.Times(_beta)) - F.logsigmoid(scores.Rejected.Times(-_beta));
        return ratios.Result(losses, _beta);
    }
}
