namespace AlignSharp.Training;

/// <summary>
/// Rows of similar length together, in random order otherwise: transformers' length-grouped sampler. A random permutation is cut
/// into mega-batches, each sorted by falling length, and the longest row of all comes first so that running out of memory shows at once.
/// </summary>
/// <param name="lengths">Length of each row in tokens.</param>
/// <param name="batchRows">Rows of an update: micro-batch times accumulation.</param>
/// <param name="permutations">The random permutations to start from.</param>
public sealed class GroupByLengthOrder(IReadOnlyList<int> lengths, int batchRows, IRowOrder permutations) : IRowOrder
{
    /// <inheritdoc/>
    public int[] Rows(int epoch) => Group(permutations.Rows(epoch));

    internal int[] Group(int[] permutation)
    {
        var megaBatch = Math.Max(1, Math.Min(permutation.Length / (4 * batchRows), 50)) * batchRows;
        var groups = permutation.Chunk(megaBatch).Select(group => group.OrderByDescending(row => lengths[row]).ToArray()).ToArray();
        var longest = 0;
        for (var g = 1; g < groups.Length; g++)
            if (lengths[groups[g][0]] > lengths[groups[longest][0]]) longest = g;
        if (groups.Length > 0) (groups[0][0], groups[longest][0]) = (groups[longest][0], groups[0][0]);
        return [.. groups.SelectMany(group => group)];
    }
}
