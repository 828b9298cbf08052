using AlignSharp.Adapters.Lora;
using AlignSharp.Models;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>The policy's own model with its adapter switched: off, so that the reference is the base, or to a frozen copy of it.</summary>
/// <param name="model">The policy; not disposed.</param>
/// <param name="adapter">Its adapter.</param>
/// <param name="use"><see cref="AdapterUse.Off"/> or <see cref="AdapterUse.Reference"/>.</param>
/// <param name="sum">How tokens are summed; null is the plain sum.</param>
public sealed class AdapterReference(CausalLanguageModel model, LoraAdapter adapter, AdapterUse use, CompletionSum? sum = null) : IReferenceSource
{
    /// <inheritdoc/>
    public PairLogps Logps(TokenBatch batch, IReadOnlyList<int> rows)
    {
        using var noGradient = no_grad();
        using var switched = adapter.Switch(use);
        return (sum ?? CompletionSum.Plain).Of(model.Score(batch), batch);
    }
}
