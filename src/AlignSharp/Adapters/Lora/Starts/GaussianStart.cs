using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>A normal with standard deviation 1/r, B zero (<c>init_lora_weights: gaussian</c>).</summary>
public sealed record GaussianStart : LoraStart
{
    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator) =>
        (randn([at.Rank, at.InFeatures], generator: generator).Times(1.0 / at.Rank), zeros(at.OutFeatures, at.Rank));
}
