using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Training;

/// <summary>Supervised fine-tuning: the losses of all scored tokens of an update, divided by their number.</summary>
/// <param name="model">The model; not disposed.</param>
/// <param name="groups">The training set.</param>
/// <param name="objective">Loss of a token.</param>
/// <param name="count">What the sum is divided by.</param>
public sealed class SupervisedTask(CausalLanguageModel model, IReadOnlyList<SequenceGroup> groups, ISupervisedObjective objective, TokenCount count = TokenCount.Shifted) : ITrainingTask
{
    /// <inheritdoc/>
    public int Rows => groups.Count;

    /// <inheritdoc/>
    public string RowsAre => "sequences";

    /// <inheritdoc/>
    public BatchMetrics Accumulate(TrainingUpdate update, int microBatch)
    {
        using var scope = NewDisposeScope(); // every tensor of the step dies here
        using var batch = new TokenBatch(Packer.Pack([.. update.MicroBatches[microBatch].SelectMany(row => groups[row].Sequences)]), model.Device);
        var scores = model.Score(batch, withStatistics: true);
        var loss = objective.Losses(scores.Tokens.Logps).sum().Over(Divisor(update, microBatch));
        Backpropagation.Run(loss);
        return Measure(scores.Tokens, LoggedLoss(loss, update, microBatch));
    }

    /// <inheritdoc/>
    public long SequenceTokens(IEnumerable<int> rows) => rows.Sum(row => (long)groups[row].Tokens);

    /// <inheritdoc/>
    public long PackedTokens(IEnumerable<int> rows) => SequenceTokens(rows);

    /// <inheritdoc/>
    public long LossTerms(IEnumerable<int> rows) => rows.Sum(row => (long)(count == TokenCount.Unshifted ? groups[row].Labels : groups[row].ScoredTokens));

    /// <inheritdoc/>
    public string NameRow(int row) => groups[row].Sequences[0].Source.ToString();

    private double Divisor(TrainingUpdate update, int microBatch) => Math.Max(1, count == TokenCount.MeanOfMeans
        ? LossTerms(update.MicroBatches[microBatch]) * update.MicroBatches.Count
        : update.MicroBatches.Sum(LossTerms));

    // An update's loss is the sum over its micro-batches, of which the loop logs the weighted mean.
    private double LoggedLoss(Tensor loss, TrainingUpdate update, int microBatch)
    {
        double WeightOf(int[] rows) => update.Weight(LossTerms(rows));
        return loss.item<float>() * update.MicroBatches.Sum(WeightOf) / WeightOf(update.MicroBatches[microBatch]);
    }

    private static BatchMetrics Measure(TokenScores tokens, double loss)
    {
        using var noGradient = no_grad();
        var statistics = tokens.Statistics!.Value;
        var values = stack([statistics.Entropy.mean(), statistics.Correct.mean()]).cpu().data<float>();
        return new BatchMetrics { Loss = loss, Entropy = values[0], MeanTokenAccuracy = values[1] };
    }
}
