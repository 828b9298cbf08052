using AlignSharp.Data.Pairs;

namespace AlignSharp.Training;

/// <summary>
/// Micro-batches of any number of rows whose tokens stay within a budget, the fullest first; a row beyond the budget stands alone.
/// As they are of unequal size, each counts by the terms of its loss: what is logged is then the mean over the rows of the update,
/// however they were divided.
/// </summary>
/// <param name="tokensOf">Tokens that a step computes for a row.</param>
/// <param name="maxTokens">The budget (<c>max_tokens_per_batch</c>), at least 1.</param>
public sealed class BudgetedMicroBatches(Func<int, int> tokensOf, int maxTokens) : IMicroBatching
{
    /// <inheritdoc/>
    public IReadOnlyList<int[]> Divide(int[] rows) =>
        [.. TokenBudget.BestFit([.. rows.Select(tokensOf)], maxTokens).Select(items => Array.ConvertAll(items, i => rows[i]))];

    /// <inheritdoc/>
    public double Weight(long lossTerms) => lossTerms;
}
