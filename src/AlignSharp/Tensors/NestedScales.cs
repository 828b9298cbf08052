using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// What turns 8-bit codes of scales into scales (double quantisation, Dettmers et al. 2023, arXiv:2305.14314): <c>map[code] · outer[block / blockSize] + offset</c>.
/// Its tensors belong to the <see cref="FourBitMatrix"/>.
/// </summary>
/// <param name="Map">float32 <c>[256]</c>.</param>
/// <param name="Outer">float32, one for each <paramref name="BlockSize"/> codes, the last for the rest.</param>
/// <param name="BlockSize">Codes that share an outer scale; a power of two.</param>
/// <param name="Offset">Mean of the scales.</param>
public sealed record NestedScales(Tensor Map, Tensor Outer, int BlockSize, float Offset);
