using AlignSharp.Tracking;

namespace AlignSharp.Training;

/// <summary>What is trained on: turns rows into a loss and its gradient. The loop around it knows neither pairs nor tokens.</summary>
public interface ITrainingTask
{
    /// <summary>Rows of the training set.</summary>
    int Rows { get; }

    /// <summary>What a row is, in the plural, for messages: <c>pairs</c> or <c>sequences</c>.</summary>
    string RowsAre { get; }

    /// <summary>
    /// Forward and backward of one micro-batch. The gradient is scaled so that the micro-batches of an update add up to the gradient
    /// of one large batch. Leaves no tensor behind but the gradients.
    /// </summary>
    /// <param name="update">The update it belongs to.</param>
    /// <param name="microBatch">Its index in the update.</param>
    /// <returns>Its metrics; the loss is the micro-batch's own mean.</returns>
    BatchMetrics Accumulate(TrainingUpdate update, int microBatch);

    /// <summary>Tokens of rows as <c>num_tokens</c> counts them.</summary>
    /// <param name="rows">Row indices.</param>
    long SequenceTokens(IEnumerable<int> rows);

    /// <summary>Tokens that a step computes for rows; a pair's prompt, which its completions share, counts once.</summary>
    /// <param name="rows">Row indices.</param>
    long PackedTokens(IEnumerable<int> rows);

    /// <summary>What the loss of rows is the mean of: pairs, or scored tokens.</summary>
    /// <param name="rows">Row indices.</param>
    long LossTerms(IEnumerable<int> rows);

    /// <summary>Names a row for a message.</summary>
    /// <param name="row">Row index.</param>
    string NameRow(int row);
}
