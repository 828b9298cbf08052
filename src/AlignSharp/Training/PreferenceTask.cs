using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Tensors;
using AlignSharp.Tracking;
using static TorchSharp.torch;

namespace AlignSharp.Training;

/// <summary>Training on preference pairs: the mean of the objective's losses over all pairs of an update.</summary>
/// <param name="pass">Policy, reference and objective.</param>
/// <param name="pairs">The training set.</param>
public sealed class PreferenceTask(PreferencePass pass, IReadOnlyList<TokenizedPair> pairs) : ITrainingTask
{
    /// <inheritdoc/>
    public int Rows => pairs.Count;

    /// <inheritdoc/>
    public string RowsAre => "pairs";

    /// <inheritdoc/>
    public BatchMetrics Accumulate(TrainingUpdate update, int microBatch)
    {
        using var scope = NewDisposeScope(); // every tensor of the step dies here
        var rows = update.MicroBatches[microBatch];
        using var batch = new TokenBatch(Packer.Pack([.. rows.Select(r => pairs[r])]), pass.Policy.Device);
        var (result, metrics) = pass.Run(batch, rows);
        Backpropagation.Run(result.Losses.sum().Over(update.RowCount));
        return metrics;
    }

    /// <inheritdoc/>
    public long SequenceTokens(IEnumerable<int> rows) => rows.Sum(row => (long)pairs[row].SequenceTokens);

    /// <inheritdoc/>
    public long PackedTokens(IEnumerable<int> rows) => rows.Sum(row => (long)pairs[row].PackedTokens);

    /// <inheritdoc/>
    public long LossTerms(IEnumerable<int> rows) => rows.LongCount();

    /// <inheritdoc/>
    public string NameRow(int row) => pairs[row].Source.ToString();
}
