using static TorchSharp.torch;

namespace AlignSharp.Objectives.Divergences;

/// <summary>
/// An f-divergence between policy and reference as f-DPO uses it (Wang et al. 2023, arXiv:2309.16240): what stands in an objective where
/// the log-ratio stands for the reverse KL divergence, <c>f′(t)</c> at <c>t = policy / reference</c> without the constants that cancel.
/// </summary>
public interface IDivergence
{
    /// <summary>Scores of completions. Disposes nothing it is given.</summary>
    /// <param name="logRatios">Policy minus reference log-probability, <c>[pairs]</c>.</param>
    /// <returns><c>[pairs]</c>, with gradient, owned by the caller's scope; finite for every finite log-ratio.</returns>
    Tensor Scores(Tensor logRatios);
}
