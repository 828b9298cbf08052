using static TorchSharp.torch;

namespace AlignSharp.Objectives.Divergences;

/// <summary>The forward KL divergence: <c>−1/t</c>. TRL's <c>forward_kl</c>, which overflows below a log-ratio of −88; here the exponent ends at 80.</summary>
public sealed class ForwardKl : IDivergence
{
    /// <inheritdoc/>
    public Tensor Scores(Tensor logRatios) => -Bounded.Exp(-logRatios);
}
