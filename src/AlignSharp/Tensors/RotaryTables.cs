using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Cosines and sines of the rotation angles, <c>[tokens, 1, headDim]</c> each (both halves alike), in the type of the activations.</summary>
/// <param name="Cosines">Cosines, times the scaling's attention factor.</param>
/// <param name="Sines">Sines, times the scaling's attention factor.</param>
public readonly record struct RotaryTables(Tensor Cosines, Tensor Sines);
