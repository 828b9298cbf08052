using AlignSharp.Objectives.Divergences;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Identity preference optimization (Azar et al. 2023, arXiv:2310.12036, equation 17): <c>(h − 1/(2β))²</c>, a margin to be met and not passed; with the length
/// normalisation that its authors confirmed to TRL. TRL's <c>ipo</c>.
/// </summary>
public sealed class IpoObjective : IPreferenceObjective
{
    private readonly double _beta;
    private readonly IDivergence _divergence;
    private readonly IpoLength _length;

    /// <summary>Creates the objective.</summary>
    /// <param name="beta">τ of the paper, above 0 (TRL: 0.1).</param>
    /// <param name="divergence">Divergence from the reference; null is the reverse KL.</param>
    /// <param name="length">What a completion's length does.</param>
    public IpoObjective(double beta = 0.1, IDivergence? divergence = null, IpoLength length = IpoLength.MeanScore)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (_beta, _divergence, _length) = (beta, divergence ?? new ReverseKl(), length);
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        if (_length == IpoLength.MeanLogRatio) ratios = ratios.PerToken(pairs.Tokens);
        var scores = ratios.Through(_divergence);
        if (_length == IpoLength.MeanScore) scores = scores.PerToken(pairs.Tokens);
        return ratios.Result(Bounded.Square(scores.Difference.Plus(-1 / (2 * _beta))), _beta);
    }
}
