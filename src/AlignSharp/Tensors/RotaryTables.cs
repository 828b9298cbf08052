using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Cosines and sines of the rotation angles, float32 <c>[tokens, headDim / 2]</c> each, contiguous.</summary>
/// <param name="Cosines">Cosines, times the scaling's attention factor.</param>
/// <param name="Sines">Sines, times the scaling's attention factor.</param>
public readonly record struct RotaryTables(Tensor Cosines, Tensor Sines);
