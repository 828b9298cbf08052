using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>
/// TRL's preference metrics over a whole set. Unlike <see cref="PairEvaluator"/>, which averages batches as TRL does while it trains, every
/// figure is a mean over the pairs or the tokens of the set, so that batches change rounding only.
/// </summary>
/// <param name="policy">The model that is measured; not disposed.</param>
/// <param name="reference">What it is compared with.</param>
/// <param name="objective">Loss and rewards.</param>
internal sealed class PairMeasurement(CausalLanguageModel policy, IReferenceSource reference, IPreferenceObjective objective)
{
    /// <summary>Measures a set, without gradient; the policy is in evaluation mode.</summary>
    /// <param name="pairs">The set, at least one pair.</param>
    /// <param name="batchSize">Most pairs of a batch.</param>
    /// <param name="maxTokens">Most tokens of a batch; a longer pair is a batch of its own.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>TRL's figures, and <c>nll/chosen</c> and <c>nll/rejected</c>: negative log-probability of a completion's token.</returns>
    public SetAverages Run(IReadOnlyList<TokenizedPair> pairs, int batchSize, int maxTokens, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var averages = new SetAverages();
        foreach (var rows in TokenBudget.Consecutive(Enumerable.Range(0, pairs.Count), row => pairs[row].PackedTokens, maxTokens, batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var batch = new TokenBatch(Packer.Pack([.. rows.Select(row => pairs[row])]), policy.Device);
            Measure(batch, rows, averages);
        }
        return averages;
    }

    private void Measure(TokenBatch batch, IReadOnlyList<int> rows, SetAverages averages)
    {
        var scores = policy.Score(batch, withStatistics: true);
        var input = PairScoring.Input(scores, batch.SequenceOf, batch.Packed.SequenceOf, reference.Logps(batch, rows), CompletionSum.Plain);
        var (logps, result) = (input.Policy, objective.Evaluate(input));
        averages.Add("loss", result.Losses);
        averages.Add("rewards/chosen", result.ChosenRewards);
        averages.Add("rewards/rejected", result.RejectedRewards);
        averages.Add("rewards/accuracies", result.ChosenRewards.gt(result.RejectedRewards));
        averages.Add("rewards/margins", result.ChosenRewards - result.RejectedRewards);
        averages.Add("logps/chosen", logps.Chosen);
        averages.Add("logps/rejected", logps.Rejected);

        // Scored tokens are ordered by sequence, so those of the chosen completions come first.
        var (tokens, statistics) = (scores.Tokens.Logps, scores.Tokens.Statistics!.Value);
        var chosen = batch.Packed.SequenceOf.TakeWhile(sequence => sequence < rows.Count).Count();
        Tensor Chosen(Tensor values) => values.narrow(0, 0, chosen);
        Tensor Rejected(Tensor values) => values.narrow(0, chosen, tokens.size(0) - chosen);
        averages.Add("logits/chosen", Chosen(statistics.MeanLogit));
        averages.Add("logits/rejected", Rejected(statistics.MeanLogit));
        averages.Add("entropy", statistics.Entropy);
        averages.Add("mean_token_accuracy", Chosen(statistics.Correct));
        averages.Add("nll/chosen", -Chosen(tokens));
        averages.Add("nll/rejected", -Rejected(tokens));
    }
}
