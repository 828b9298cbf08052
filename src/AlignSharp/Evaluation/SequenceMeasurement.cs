using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Cross-entropy over the scored tokens of a whole set; batches change rounding only.</summary>
/// <param name="model">The model in evaluation mode; not disposed.</param>
internal sealed class SequenceMeasurement(CausalLanguageModel model)
{
    /// <summary>Measures a set, without gradient.</summary>
    /// <param name="sequences">The set, at least one sequence, each with a scored token.</param>
    /// <param name="batchSize">Most sequences of a batch.</param>
    /// <param name="maxTokens">Most tokens of a batch; a longer sequence is a batch of its own.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public SetAverages Run(IReadOnlyList<TokenizedSequence> sequences, int batchSize, int maxTokens, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var averages = new SetAverages();
        foreach (var rows in TokenBudget.Consecutive(sequences, sequence => sequence.Ids.Length, maxTokens, batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var batch = new TokenBatch(Packer.Pack(rows), model.Device);
            var tokens = model.Score(batch, withStatistics: true).Tokens;
            averages.Add("loss", -tokens.Logps);
            averages.Add("entropy", tokens.Statistics!.Value.Entropy);
            averages.Add("mean_token_accuracy", tokens.Statistics!.Value.Correct);
        }
        return averages;
    }
}
