using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>
/// B and A are the first columns and rows of the weight's QR decomposition, which the base gives up
/// (OLoRA, Büyükakyüz 2024, arXiv:2406.01775; <c>init_lora_weights: olora</c>).
/// </summary>
public sealed record OloraStart : LoraStart
{
    /// <inheritdoc/>
    public override bool ChangesBase => true;

    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (q, r) = linalg.qr(at.Weight());
        return (r.narrow(0, 0, at.Rank).clone().MoveToOuterDisposeScope(), q.narrow(1, 0, at.Rank).clone().MoveToOuterDisposeScope());
    }
}
