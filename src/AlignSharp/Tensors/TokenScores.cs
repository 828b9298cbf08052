using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>What a model says about each scored token. The tensors are borrowed from the step's scope.</summary>
/// <param name="Logps">float32 <c>[scored]</c>: log-probability of the token that stands there; carries the gradient.</param>
/// <param name="Statistics">Figures that need the whole distribution, or null when they were not asked for.</param>
public readonly record struct TokenScores(Tensor Logps, TokenStatistics? Statistics);
