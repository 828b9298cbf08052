using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Summed log-probabilities of the two completions of each pair under one model. The tensors are borrowed from the step's scope.</summary>
/// <param name="Chosen">float32 <c>[pairs]</c>.</param>
/// <param name="Rejected">float32 <c>[pairs]</c>.</param>
public readonly record struct PairLogps(Tensor Chosen, Tensor Rejected);
