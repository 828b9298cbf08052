using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives.Divergences;

/// <summary>The Jensen-Shannon divergence: <c>log(t / (1 + t))</c>. TRL's <c>js_divergence</c>.</summary>
public sealed class JensenShannon : IDivergence
{
    /// <inheritdoc/>
    public Tensor Scores(Tensor logRatios) => F.logsigmoid(logRatios);
}
