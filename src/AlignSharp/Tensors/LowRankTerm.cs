using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>A product of two thin matrices that is added to a larger one, <c>scale · inner · right</c>. Borrowed.</summary>
/// <param name="Inner">float32 <c>[m, rank]</c>.</param>
/// <param name="Right"><c>[rank, n]</c>, float32, any strides.</param>
/// <param name="Scale">Factor.</param>
internal readonly record struct LowRankTerm(Tensor Inner, Tensor Right, double Scale);
