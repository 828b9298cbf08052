using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Measures a model over a whole set of sequences, without gradient, dropout and noise.</summary>
/// <param name="model">The model; not disposed.</param>
/// <param name="rows">The evaluation set, at least one row.</param>
/// <param name="objective">Loss of a token.</param>
/// <param name="batchSize">Most rows of a batch (<c>per_device_eval_batch_size</c>).</param>
/// <param name="maxTokens">Most tokens of a batch (<c>max_tokens_per_batch</c>); a longer row is a batch of its own.</param>
public sealed class SequenceEvaluator(CausalLanguageModel model, IReadOnlyList<SequenceGroup> rows, ISupervisedObjective objective, int batchSize, int maxTokens = int.MaxValue)
{
    /// <summary>Runs over the set. All figures are means over all scored tokens, so that neither batches nor packing change them.</summary>
    /// <param name="cancellation">Checked between batches.</param>
    public BatchMetrics Evaluate(CancellationToken cancellation = default)
    {
        var wasTraining = model.training;
        model.eval();
        try
        {
            using var noGradient = no_grad();
            var parts = new List<(BatchMetrics, double)>();
            foreach (var batch in TokenBudget.Consecutive(rows, row => row.Tokens, maxTokens, batchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                if (batch.Sum(row => row.ScoredTokens) is > 0 and var scored) parts.Add((Measure(batch), scored));
            }
            return BatchMetrics.Mean(parts);
        }
        finally
        {
            if (wasTraining) model.train();
        }
    }

    private BatchMetrics Measure(IReadOnlyList<SequenceGroup> groups)
    {
        using var scope = NewDisposeScope();
        using var batch = new TokenBatch(Packer.Pack([.. groups.SelectMany(group => group.Sequences)]), model.Device);
        var tokens = model.Score(batch, withStatistics: true).Tokens;
        var statistics = tokens.Statistics!.Value;
        var values = stack([objective.Losses(tokens.Logps).mean(), statistics.Entropy.mean(), statistics.Correct.mean()]).cpu().data<float>();
        return new BatchMetrics { Loss = values[0], Entropy = values[1], MeanTokenAccuracy = values[2], IsCrossEntropy = objective is NegativeLogLikelihood };
    }
}
