using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes;

/// <summary>Leaves out rows with more characters than <c>max_characters</c>, and counts them.</summary>
/// <param name="name">What the data set is called, for messages.</param>
/// <param name="most">The limit, or null.</param>
internal sealed class RowLimit(string name, int? most)
{
    /// <summary>Rows that were left out so far.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The rows that stay, in order.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="characters">Characters of a row.</param>
    public IEnumerable<T> Apply<T>(IEnumerable<T> rows, Func<T, int> characters)
    {
        foreach (var row in rows)
        {
            if (most is null || characters(row) <= most) yield return row;
            else LeftOut++;
        }
    }

    /// <summary>Tells how many were left out.</summary>
    /// <param name="kept">Rows that stayed.</param>
    /// <param name="note">Receives a line when there were any.</param>
    /// <exception cref="DatasetException">No row stayed.</exception>
    public void Report(int kept, Action<string> note)
    {
        if (LeftOut == 0) return;
        if (kept == 0) throw new DatasetException($"{name}: every one of the {LeftOut} rows has more than max_characters ({most}); raise it");
        note($"{name}: {LeftOut} of {LeftOut + kept} rows left out, they have more than max_characters ({most})");
    }
}
