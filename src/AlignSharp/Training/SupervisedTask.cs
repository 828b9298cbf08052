using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Training;

/// <summary>Supervised fine-tuning: the mean negative log-probability over all scored tokens of an update.</summary>
/// <param name="model">The model; not disposed.</param>
/// <param name="sequences">The training set.</param>
public sealed class SupervisedTask(CausalLanguageModel model, IReadOnlyList<TokenizedSequence> sequences) : ITrainingTask
{
    /// <inheritdoc/>
    public int Rows => sequences.Count;

    /// <inheritdoc/>
    public string RowsAre => "sequences";

    /// <inheritdoc/>
    public BatchMetrics Accumulate(TrainingUpdate update, int microBatch)
    {
        using var scope = NewDisposeScope(); // every tensor of the step dies here
        var tokensInUpdate = update.MicroBatches.Sum(LossTerms);
        using var batch = new TokenBatch(Packer.Pack([.. update.MicroBatches[microBatch].Select(r => sequences[r])]), model.Device);
        var scores = model.Score(batch, withStatistics: true);
        Backpropagation.Run(scores.Sequences.Sum.sum().Over(-Math.Max(1, tokensInUpdate)));
        return Measure(scores.Tokens);
    }

    /// <inheritdoc/>
    public long SequenceTokens(IEnumerable<int> rows) => rows.Sum(row => (long)sequences[row].Ids.Length);

    /// <inheritdoc/>
    public long PackedTokens(IEnumerable<int> rows) => SequenceTokens(rows);

    /// <inheritdoc/>
    public long LossTerms(IEnumerable<int> rows) => rows.Sum(row => (long)ScoredTokens(sequences[row]));

    /// <inheritdoc/>
    public string NameRow(int row) => sequences[row].Source.ToString();

    // Nothing predicts the first token, so it is never scored.
    private static int ScoredTokens(TokenizedSequence sequence) => sequence.Scored.Skip(1).Count(scored => scored);

    private static BatchMetrics Measure(TokenScores tokens)
    {
        using var noGradient = no_grad();
        var statistics = tokens.Statistics!.Value;
        var values = stack([-tokens.Logps.mean(), statistics.Entropy.mean(), statistics.Correct.mean()]).cpu().data<float>();
        return new BatchMetrics { Loss = values[0], Entropy = values[1], MeanTokenAccuracy = values[2] };
    }
}
