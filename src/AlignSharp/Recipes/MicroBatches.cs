using AlignSharp.Data.Faults;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Decides which updates a run has, and how they become micro-batches: by <c>max_tokens_per_batch</c> where it is set, else by <c>per_device_train_batch_size</c>.</summary>
internal static class MicroBatches
{
    /// <summary>The division that a run asks for.</summary>
    /// <param name="options">The run.</param>
    /// <param name="tokensOf">Tokens that a step computes for a row.</param>
    public static IMicroBatching Choose(TrainingRunOptions options, Func<int, int> tokensOf) =>
        options.MaxTokensPerBatch is { } maxTokens ? new BudgetedMicroBatches(tokensOf, maxTokens) : new CountedMicroBatches(options.PerDeviceTrainBatchSize);

    /// <summary>Tells of rows beyond the budget.</summary>
    /// <param name="options">The run.</param>
    /// <param name="task">Knows the rows.</param>
    /// <param name="note">Receives a line.</param>
    public static void NoteRowsBeyondBudget(TrainingRunOptions options, ITrainingTask task, Action<string> note)
    {
        var beyond = options.MaxTokensPerBatch is { } maxTokens ? Enumerable.Range(0, task.Rows).Where(row => task.PackedTokens([row]) > maxTokens).ToList() : [];
        if (beyond.Count == 0) return;
        var longest = beyond.MaxBy(row => task.PackedTokens([row]));
        note(FormattableString.Invariant($"max_tokens_per_batch: {task.RowsAre} beyond {options.MaxTokensPerBatch:N0} tokens, each a batch of its own: {beyond.Count}; the longest is {task.NameRow(longest)} with {task.PackedTokens([longest]):N0}"));
    }

    /// <summary>The updates of a run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="rows">Rows of the training set.</param>
    /// <param name="rowsAre">What a row is, in the plural.</param>
    /// <param name="tokensOf">Tokens that a step computes for a row.</param>
    /// <exception cref="ConfigurationException">There is not a single micro-batch.</exception>
    public static UpdatePlan Plan(TrainingRunOptions options, int rows, string rowsAre, Func<int, int> tokensOf)
    {
        var random = new RandomOrder(rows, options.DataSeed ?? options.Seed);
        IRowOrder order = options.TrainSamplingStrategy switch
        {
            SamplingStrategy.Sequential => new SequentialOrder(rows),
            SamplingStrategy.GroupByLength => new GroupByLengthOrder([.. Enumerable.Range(0, rows).Select(tokensOf)], options.PerDeviceTrainBatchSize * options.GradientAccumulationSteps, random),
            _ => random,
        };
        var plan = new UpdatePlan(order, rows, options.PerDeviceTrainBatchSize, options.GradientAccumulationSteps,
            options.NumTrainEpochs, options.MaxSteps > 0 ? options.MaxSteps : null, options.DataloaderDropLast)
        {
            MicroBatching = Choose(options, tokensOf),
        };
        if (plan.MicroBatchesPerEpoch == 0)
            throw new ConfigurationException($"dataloader_drop_last: {rows} {rowsAre} do not fill a micro-batch of {options.PerDeviceTrainBatchSize}; lower per_device_train_batch_size");
        return plan;
    }
}
