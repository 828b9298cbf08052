using AlignSharp.Data.Pairs;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Measures a preference pass over a whole set of pairs, without gradient and without dropout.</summary>
/// <param name="pass">Policy, reference and objective.</param>
/// <param name="pairs">The evaluation set, at least one pair.</param>
/// <param name="batchSize">Most pairs of a batch (<c>per_device_eval_batch_size</c>).</param>
/// <param name="maxTokens">Most tokens of a batch (<c>max_tokens_per_batch</c>), the prompt of a pair counted once; a longer pair is a batch of its own.</param>
public sealed class PairEvaluator(PreferencePass pass, IReadOnlyList<TokenizedPair> pairs, int batchSize, int maxTokens = int.MaxValue)
{
    /// <summary>
    /// Runs over the set. Figures of pairs (loss, rewards, logps) are means over pairs, which the batch size does not change; those of
    /// tokens (entropy, accuracy, logits) are means over a batch's tokens, then over batches by their pairs, as TRL averages batches.
    /// </summary>
    /// <param name="cancellation">Checked between batches.</param>
    public BatchMetrics Evaluate(CancellationToken cancellation = default)
    {
        var wasTraining = pass.Policy.training;
        pass.Policy.eval();
        try
        {
            using var noGradient = no_grad();
            var parts = new List<(BatchMetrics, double)>();
            foreach (var rows in TokenBudget.Consecutive(Enumerable.Range(0, pairs.Count), row => pairs[row].PackedTokens, maxTokens, batchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                using var batch = new TokenBatch(Packer.Pack([.. rows.Select(r => pairs[r])]), pass.Policy.Device);
                parts.Add((pass.Run(batch, rows).Metrics, rows.Count));
            }
            return BatchMetrics.Mean(parts);
        }
        finally
        {
            if (wasTraining) pass.Policy.train();
        }
    }
}
