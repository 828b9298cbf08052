using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Figures of the predicted distribution at each scored token, float32 <c>[scored]</c>, without gradient.</summary>
/// <param name="Entropy">Entropy in nats.</param>
/// <param name="Correct">1 where the most probable token is the one that stands there, else 0.</param>
/// <param name="MeanLogit">Mean of the logits over the vocabulary (TRL's <c>logits/*</c> before averaging over tokens).</param>
/// <param name="LogExpectedProbability">Logarithm of Σp², the probability that the model itself expects of a token it draws.</param>
public readonly record struct TokenStatistics(Tensor Entropy, Tensor Correct, Tensor MeanLogit, Tensor LogExpectedProbability);
