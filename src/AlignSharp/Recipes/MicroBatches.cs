using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Decides how updates become micro-batches: by <c>max_tokens_per_batch</c> where it is set, else by <c>per_device_train_batch_size</c>.</summary>
internal static class MicroBatches
{
    /// <summary>The division that a run asks for.</summary>
    /// <param name="options">The run.</param>
    /// <param name="task">Knows the rows.</param>
    /// <param name="note">Receives a line for rows beyond the budget.</param>
    public static IMicroBatching Choose(TrainingRunOptions options, ITrainingTask task, Action<string> note)
    {
        if (options.MaxTokensPerBatch is not { } maxTokens) return new CountedMicroBatches(options.PerDeviceTrainBatchSize);
        var beyond = Enumerable.Range(0, task.Rows).Where(row => task.PackedTokens([row]) > maxTokens).ToList();
        if (beyond.Count > 0)
        {
            var longest = beyond.MaxBy(row => task.PackedTokens([row]));
            note(FormattableString.Invariant($"max_tokens_per_batch: {task.RowsAre} beyond {maxTokens:N0} tokens, each a batch of its own: {beyond.Count}; the longest is {task.NameRow(longest)} with {task.PackedTokens([longest]):N0}"));
        }
        return new BudgetedMicroBatches(row => (int)task.PackedTokens([row]), maxTokens);
    }
}
