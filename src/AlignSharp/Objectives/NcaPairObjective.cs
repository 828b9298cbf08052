using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// Noise contrastive alignment of pairs (Chen et al. 2024, arXiv:2402.05369): <c>−log σ(r⁺) − ½·log σ(−r⁺) − ½·log σ(−r⁻)</c>, which looks at each
/// reward alone and so keeps the chosen one from falling. TRL's <c>nca_pair</c>.
/// </summary>
public sealed class NcaPairObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public NcaPairObjective(double beta = 0.1, IDivergence? divergence = null)
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
        var (chosen, rejected) = (scores.Chosen.Times(_beta), scores.Rejected.Times(_beta));
        var losses = -F.logsigmoid(chosen) - F.logsigmoid(-chosen).Times(0.5) - F.logsigmoid(-rejected).Times(0.5);
        return ratios.Result(losses, _beta);
    }
}
