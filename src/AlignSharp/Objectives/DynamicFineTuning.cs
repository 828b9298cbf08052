using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Dynamic Fine-Tuning (Wu et al. 2025, arXiv:2508.05629): <c>−sg(p)·log p</c>, the cross-entropy weighted by the token's own probability, which has no gradient;
/// tokens that the model finds unlikely pull less. TRL's <c>dft</c>.
/// </summary>
public sealed class DynamicFineTuning : ISupervisedObjective
{
    /// <inheritdoc/>
    public Tensor Losses(Tensor logps)
    {
        using var detached = logps.detach();
        using var probabilities = detached.exp();
        using var weighted = probabilities * logps;
        return -weighted;
    }
}
