using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// DPO's loss of log-ratios per token: <c>−log σ(β·(s⁺/|y⁺| − s⁻/|y⁻|))</c>, so that length alone wins nothing; margins are small, so β is larger than
/// DPO's. The length normalisation of Tülu 3 (Lambert et al. 2024, arXiv:2411.15124). TRL's <c>sigmoid_norm</c>.
/// </summary>
public sealed class SigmoidNormObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public SigmoidNormObjective(double beta = 0.1, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (_beta, _divergence) = (beta, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var margins = ratios.Through(_divergence).PerToken(pairs.Tokens).Difference.Times(_beta);
        return ratios.Result(-F.logsigmoid(margins), _beta);
    }
}
