using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>One forward pass over packed pairs: policy, reference, objective, TRL's metrics. Training and evaluation share it.</summary>
/// <param name="policy">The model that is trained; not disposed.</param>
/// <param name="reference">Source of the reference log-probabilities.</param>
/// <param name="objective">The objective.</param>
/// <param name="sum">How tokens are summed, which must be the reference's way too; null is the plain sum.</param>
public sealed class PreferencePass(CausalLanguageModel policy, IReferenceSource reference, IPreferenceObjective objective, CompletionSum? sum = null)
{
    /// <summary>The model that is trained.</summary>
    public CausalLanguageModel Policy => policy;

    /// <summary>Runs the pass.</summary>
    /// <param name="batch">Packed pairs on the policy's device.</param>
    /// <param name="rows">Index of each pair in its data set.</param>
    /// <returns>Losses with gradient (unless switched off), and the metrics.</returns>
    public (ObjectiveResult Result, BatchMetrics Metrics) Run(TokenBatch batch, IReadOnlyList<int> rows)
    {
        var scores = policy.Score(batch, withStatistics: true);
        var pairs = PairScoring.Input(scores, batch.SequenceOf, batch.Packed.SequenceOf, reference.Logps(batch, rows), sum ?? CompletionSum.Plain);
        var result = objective.Evaluate(pairs);
        return (result, Measure(result, pairs.Policy, scores.Tokens.Statistics!.Value, ChosenTokens(batch)));
    }

    // Scored tokens are ordered by sequence, so those of the chosen completions come first.
    private static int ChosenTokens(TokenBatch batch)
    {
        var pairs = batch.Packed.Sequences / 2;
        return batch.Packed.SequenceOf.TakeWhile(sequence => sequence < pairs).Count();
    }

    internal static BatchMetrics Measure(ObjectiveResult result, PairLogps logps, TokenStatistics tokens, int chosenTokens)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var rejectedTokens = tokens.Entropy.size(0) - chosenTokens;
        var margins = result.ChosenRewards - result.RejectedRewards;
        // One tensor, so that a device is waited for once.
        var values = stack(
        [
            result.Losses.mean(), result.ChosenRewards.mean(), result.RejectedRewards.mean(),
            result.ChosenRewards.gt(result.RejectedRewards).to(ScalarType.Float32).mean(), margins.mean(),
            logps.Chosen.mean(), logps.Rejected.mean(),
            tokens.MeanLogit.narrow(0, 0, chosenTokens).mean(), tokens.MeanLogit.narrow(0, chosenTokens, rejectedTokens).mean(),
            tokens.Entropy.mean(), tokens.Correct.narrow(0, 0, chosenTokens).mean(),
        ]).cpu().data<float>();
        return new BatchMetrics
        {
            Loss = values[0],
            Entropy = values[9],
            MeanTokenAccuracy = values[10],
            Preference = new PreferenceMetrics
            {
                RewardsChosen = values[1],
                RewardsRejected = values[2],
                RewardsAccuracies = values[3],
                RewardsMargins = values[4],
                LogpsChosen = values[5],
                LogpsRejected = values[6],
                LogitsChosen = values[7],
                LogitsRejected = values[8],
            },
        };
    }
}
