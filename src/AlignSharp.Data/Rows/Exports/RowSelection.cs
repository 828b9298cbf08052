namespace AlignSharp.Data.Rows.Exports;

/// <summary>Some rows of a data set, in an order.</summary>
/// <param name="Skip">Rows to pass over, after shuffling.</param>
/// <param name="Take">Most rows; null for all.</param>
/// <param name="ShuffleSeed">Seed of <c>datasets.Dataset.shuffle(seed)</c>, whose order they then have; null keeps theirs. Shuffled rows are all in memory.</param>
public sealed record RowSelection(int Skip = 0, int? Take = null, ulong? ShuffleSeed = null)
{
    /// <summary>The rows that are meant.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="keep">A copy of a row that stays valid.</param>
    internal IEnumerable<T> Apply<T>(IEnumerable<T> rows, Func<T, T> keep)
    {
        if (ShuffleSeed is { } seed)
        {
            var all = rows.Select(keep).ToList();
            rows = new NumpyGenerator(seed).Permutation(all.Count).Select(i => all[i]);
        }
        return rows.Skip(Skip).Take(Take ?? int.MaxValue);
    }
}
