using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>A and B as linear layers begin, U(−1/√in, 1/√in) and U(−1/√r, 1/√r): the adapter changes the model from the start (<c>init_lora_weights: false</c>).</summary>
public sealed record UniformStart : LoraStart
{
    /// <inheritdoc/>
    public override bool ChangesModel => true;

    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator) =>
        (KaimingStart.Uniform(at.Rank, at.InFeatures, generator), KaimingStart.Uniform(at.OutFeatures, at.Rank, generator));
}
