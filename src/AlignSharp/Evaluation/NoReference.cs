using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>No reference: zeros, so that rewards are the policy's own log-probabilities times beta.</summary>
public sealed class NoReference : IReferenceSource
{
    /// <inheritdoc/>
    public PairLogps Logps(TokenBatch batch, IReadOnlyList<int> rows)
    {
        Tensor Zeros() => zeros(rows.Count, device: batch.Inputs.Ids.device);
        return new PairLogps(Zeros(), Zeros());
    }
}
