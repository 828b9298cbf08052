using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Objectives.Divergences;

/// <summary>
/// The alpha divergence as TRL 1.9 has it: <c>t^(α − 1) / (α − 1)</c>; α = 1 is the reverse KL divergence, α = 0 the forward one.
/// TRL 0.13's coefficient is <c>1 − α</c>. TRL's <c>alpha_divergence</c>.
/// </summary>
public sealed class AlphaDivergence : IDivergence
{
    private readonly double _power;

    /// <summary>Creates the divergence.</summary>
    /// <param name="coefficient">α, TRL's <c>f_alpha_divergence_coef</c> (default 0.5).</param>
    public AlphaDivergence(double coefficient = 0.5)
    {
        if (!double.IsFinite(coefficient)) throw new ArgumentOutOfRangeException(nameof(coefficient), coefficient, "expected a finite number");
        _power = coefficient - 1;
    }

    /// <inheritdoc/>
    // Near 1 the power is lost in the constant that the difference drops, so the limit takes its place (TRL).
    public Tensor Scores(Tensor logRatios) => Math.Abs(_power) < 1e-6 ? logRatios.alias() : Bounded.Exp(logRatios.Times(_power)).Times(1 / _power);
}
