using AlignSharp.Data.Pairs;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Decides how updates become micro-batches: by <c>max_tokens_per_batch</c> where it is set, else by <c>per_device_train_batch_size</c>.</summary>
internal static class MicroBatches
{
    /// <summary>The division that a run asks for.</summary>
    /// <param name="options">The run.</param>
    /// <param name="train">The training set.</param>
    /// <param name="note">Receives a line for pairs beyond the budget.</param>
    public static IMicroBatching Choose(DpoRunOptions options, IReadOnlyList<TokenizedPair> train, Action<string> note)
    {
        if (options.MaxTokensPerBatch is not { } maxTokens) return new CountedMicroBatches(options.PerDeviceTrainBatchSize);
        var beyond = train.Where(pair => pair.PackedTokens > maxTokens).ToList();
        if (beyond.MaxBy(pair => pair.PackedTokens) is { } longest)
            note(FormattableString.Invariant($"max_tokens_per_batch: pairs beyond {maxTokens:N0} tokens, each a batch of its own: {beyond.Count}; the longest is {longest.Source} with {longest.PackedTokens:N0}"));
        return new BudgetedMicroBatches(row => train[row].PackedTokens, maxTokens);
    }
}
