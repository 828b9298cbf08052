namespace AlignSharp.Data.Pairs;

/// <summary>Divides items into batches whose tokens stay within a budget. An item beyond it is a batch of its own.</summary>
public static class TokenBudget
{
    /// <summary>Batches of consecutive items, in order: an item that would break the budget begins the next batch.</summary>
    /// <param name="items">The items.</param>
    /// <param name="tokensOf">Tokens of an item.</param>
    /// <param name="maxTokens">Most tokens of a batch, at least 1.</param>
    /// <param name="maxItems">Most items of a batch, at least 1.</param>
    public static IEnumerable<IReadOnlyList<T>> Consecutive<T>(IEnumerable<T> items, Func<T, int> tokensOf, int maxTokens, int maxItems = int.MaxValue)
    {
        var batch = new List<T>();
        var room = (long)maxTokens;
        foreach (var item in items)
        {
            if (batch.Count > 0 && (tokensOf(item) > room || batch.Count == maxItems))
            {
                yield return batch;
                (batch, room) = ([], maxTokens);
            }
            batch.Add(item);
            room -= tokensOf(item);
        }
        if (batch.Count > 0) yield return batch;
    }

    /// <summary>
    /// Few batches, by best-fit decreasing: the longest item first, each into the fullest batch that still has room for it. In many
    /// batches that is at most two ninths more than the fewest possible (Johnson 1974).
    /// </summary>
    /// <param name="tokens">Tokens of each item, at least 1.</param>
    /// <param name="maxTokens">Most tokens of a batch, at least 1.</param>
    /// <returns>Indices of items, ascending in each batch; the batch with the most tokens comes first. Equal input gives equal output.</returns>
    public static IReadOnlyList<int[]> BestFit(IReadOnlyList<int> tokens, int maxTokens)
    {
        // Of equally full ones the one that was begun first comes first.
        return [.. BestFitDecreasing(tokens, maxTokens).OrderByDescending(batch => batch.Sum(item => (long)tokens[item])).Select(batch => batch.Order().ToArray())];
    }

    /// <summary>The batches of <see cref="BestFit"/> as they come about: in the order in which they were begun, their items in the order in which they came.</summary>
    /// <inheritdoc cref="BestFit"/>
    /// <returns>Indices of items.</returns>
    internal static IReadOnlyList<IReadOnlyList<int>> BestFitDecreasing(IReadOnlyList<int> tokens, int maxTokens)
    {
        var batches = new List<List<int>>();
        var rooms = new SortedSet<(int Room, int Batch)>();
        foreach (var item in Enumerable.Range(0, tokens.Count).OrderByDescending(i => tokens[i])) // stable: of equals the earlier one
        {
            // The least room that suffices; nothing is found as a room of 0.
            var (room, batch) = rooms.GetViewBetween((tokens[item], 0), (int.MaxValue, int.MaxValue)).Min;
            if (room == 0)
            {
                (room, batch) = (maxTokens, batches.Count);
                batches.Add([]);
            }
            batches[batch].Add(item);
            rooms.Remove((room, batch));
            rooms.Add((room - tokens[item], batch));
        }
        return batches;
    }
}
