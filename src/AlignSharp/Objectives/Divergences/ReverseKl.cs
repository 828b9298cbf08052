using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Objectives.Divergences;

/// <summary>The reverse KL divergence, DPO's own: the log-ratio itself. TRL's <c>reverse_kl</c>.</summary>
public sealed class ReverseKl : IDivergence
{
    /// <inheritdoc/>
    public Tensor Scores(Tensor logRatios) => logRatios.alias();
}
