using AlignSharp.Data.Pairs;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Measures a preference pass over a whole set of pairs, without gradient and without dropout.</summary>
/// <param name="pass">Policy, reference and objective.</param>
/// <param name="pairs">The evaluation set, at least one pair.</param>
/// <param name="batchSize">Pairs a batch (<c>per_device_eval_batch_size</c>).</param>
public sealed class PairEvaluator(PreferencePass pass, IReadOnlyList<TokenizedPair> pairs, int batchSize)
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
            foreach (var rows in Enumerable.Range(0, pairs.Count).Chunk(batchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                using var batch = new TokenBatch(Packer.Pack([.. rows.Select(r => pairs[r])]), pass.Policy.ComputeType, pass.Policy.Device);
                parts.Add((pass.Run(batch, rows).Metrics, rows.Length));
            }
            return BatchMetrics.Mean(parts);
        }
        finally
        {
            if (wasTraining) pass.Policy.train();
        }
    }
}
