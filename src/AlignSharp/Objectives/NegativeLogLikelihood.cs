using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>Cross-entropy: <c>−log p</c> (TRL's <c>nll</c> and <c>chunked_nll</c>, which differ in memory only).</summary>
public sealed class NegativeLogLikelihood : ISupervisedObjective
{
    /// <inheritdoc/>
    public Tensor Losses(Tensor logps) => -logps;
}
