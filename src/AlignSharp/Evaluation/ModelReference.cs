using AlignSharp.Models;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>A second, frozen model.</summary>
/// <param name="model">The reference model on the policy's device; not disposed.</param>
/// <param name="sum">How tokens are summed; null is the plain sum.</param>
public sealed class ModelReference(CausalLanguageModel model, CompletionSum? sum = null) : IReferenceSource
{
    /// <inheritdoc/>
    public PairLogps Logps(TokenBatch batch, IReadOnlyList<int> rows)
    {
        using var noGradient = no_grad();
        return (sum ?? CompletionSum.Plain).Of(model.Score(batch), batch);
    }
}
