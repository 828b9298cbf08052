using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>What a low-rank adapter adds to a linear map (Hu et al. 2021, arXiv:2106.09685): <c>scaling · (B(A(dropout(x))) + c)</c>. The products are computed in float32. Borrowed.</summary>
/// <param name="A">float32 or bfloat16 <c>[rank, in]</c>.</param>
/// <param name="B">float32 or bfloat16 <c>[out, rank]</c>.</param>
/// <param name="Scaling">Factor.</param>
/// <param name="Dropout">Probability with which an input of A is dropped; 0 outside of training.</param>
/// <param name="BiasOfB">c, float32 or bfloat16 <c>[out]</c>, or null for none (<c>lora_bias</c>).</param>
public readonly record struct LowRankUpdate(Tensor A, Tensor B, double Scaling, double Dropout, Tensor? BiasOfB = null);
