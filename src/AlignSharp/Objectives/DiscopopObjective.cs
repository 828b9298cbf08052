using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// The loss that a language model found (Lu et al. 2024, arXiv:2406.08414, equation 5): logistic and exponential loss of l = β·h, blended by σ(l/τ). TRL's
/// <c>discopop</c>, which is not a number below a margin of −88: there e^−l is computed apart from the weight that is stronger than it.
/// </summary>
public sealed class DiscopopObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly double _tau;
    private readonly IDivergence _divergence;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    /// <param name="tau">Temperature of the blend, above 0 (the paper and TRL: 0.05).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    public DiscopopObjective(double beta = 0.1, double tau = 0.05, IDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tau);
        (_beta, _tau, _divergence) = (beta, tau, divergence ?? new ReverseKl());
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var logits = ratios.Through(_divergence).Difference.Times(_beta);
        var logistic = -F.logsigmoid(logits) * Bounded.Sigmoid(logits.Over(-_tau));
        var exponential = Bounded.Exp(F.logsigmoid(logits.Over(_tau)) - logits);
        return ratios.Result(logistic.Plus(exponential), _beta);
    }
}
