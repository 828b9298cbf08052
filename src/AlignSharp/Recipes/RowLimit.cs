using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes;

/// <summary>Leaves out rows with more characters than <c>max_characters</c>, telling how many.</summary>
internal static class RowLimit
{
    /// <summary>The rows that stay, in order.</summary>
    /// <param name="path">Their file, for messages.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="characters">Characters of a row.</param>
    /// <param name="most">The limit, or null.</param>
    /// <param name="note">Receives a line when rows are left out.</param>
    /// <exception cref="DatasetException">No row is left.</exception>
    public static IReadOnlyList<T> Apply<T>(string path, IReadOnlyList<T> rows, Func<T, int> characters, int? most, Action<string> note)
    {
        if (most is null) return rows;
        var kept = rows.Where(row => characters(row) <= most).ToList();
        if (kept.Count == 0) throw new DatasetException($"{path}: every one of the {rows.Count} rows has more than max_characters ({most}); raise it");
        if (kept.Count < rows.Count) note($"{path}: {rows.Count - kept.Count} of {rows.Count} rows left out, they have more than max_characters ({most})");
        return kept;
    }
}
