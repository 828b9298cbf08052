using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>
/// A from Kaiming's uniform distribution (He et al. 2015, arXiv:1502.01852) with a = √5, that is U(−1/√in, 1/√in), and B zero: the model is unchanged until the first step
/// (<c>init_lora_weights: true</c>).
/// </summary>
public sealed record KaimingStart : LoraStart
{
    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator) => (Uniform(at.Rank, at.InFeatures, generator), zeros(at.OutFeatures, at.Rank));

    // Between plus and minus one over the root of the columns.
    internal static Tensor Uniform(long rows, long columns, Generator generator) =>
        rand([rows, columns], generator: generator).Times(2).Plus(-1).Times(1 / Math.Sqrt(columns));
}
