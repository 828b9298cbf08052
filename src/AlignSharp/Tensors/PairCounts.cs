using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Scored tokens of the two completions of each pair. The tensors are borrowed from the step's scope.</summary>
/// <param name="Chosen">float32 <c>[pairs]</c>, no gradient.</param>
/// <param name="Rejected">float32 <c>[pairs]</c>, no gradient.</param>
public readonly record struct PairCounts(Tensor Chosen, Tensor Rejected);
