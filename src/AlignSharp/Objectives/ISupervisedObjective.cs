using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>An objective of supervised fine-tuning as a pure function of log-probabilities.</summary>
public interface ISupervisedObjective
{
    /// <summary>Computes the loss of each token. Disposes nothing it is given.</summary>
    /// <param name="logps">Log-probability of each token to learn, with gradient; float32 <c>[scored]</c>.</param>
    /// <returns>float32 <c>[scored]</c>, owned by the caller's scope.</returns>
    Tensor Losses(Tensor logps);
}
