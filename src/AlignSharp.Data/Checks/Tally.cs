using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>Counts the pairs of one kind and keeps the first of them as examples.</summary>
/// <param name="kind">The kind.</param>
internal sealed class Tally(FindingKind kind)
{
    private const int MostExamples = 3;

    private readonly List<FindingExample> _examples = [];
    private readonly List<int> _leftOut = [];

    public FindingKind Kind => kind;

    public int Pairs { get; private set; }

    /// <summary>Ordinals of the pairs that a cleaned copy leaves out for this.</summary>
    public IReadOnlyList<int> LeftOut => _leftOut;

    /// <summary>Counts a pair; of all that are counted the first ones come first.</summary>
    public void Add(PairView pair, string excerpt)
    {
        Count(pair.Pair.Source, () => excerpt);
        if (kind.IsLeftOut) _leftOut.Add(pair.Ordinal);
    }

    /// <summary>Counts a pair that is only known by its place any more.</summary>
    public void Add(int ordinal, RowPosition source, Func<string> excerpt)
    {
        Count(source, excerpt);
        if (kind.IsLeftOut) _leftOut.Add(ordinal);
    }

    /// <summary>Counts a row that is no pair.</summary>
    public void Add(RowPosition? source, string excerpt) => Count(source, () => excerpt);

    /// <summary>All that could have been counted, where it is not every pair of the set.</summary>
    public int? Total { get; init; }

    /// <summary>The finding, or null where nothing was counted.</summary>
    /// <param name="pairs">Pairs of the set.</param>
    public Finding? ToFinding(int pairs)
    {
        if (Pairs == 0) return null;
        var share = (double)Pairs / (Total ?? pairs);
        return new Finding(kind.Code, kind.Severity(share), Pairs, share, kind.Title, kind.Meaning, kind.Remedy, _examples);
    }

    private void Count(RowPosition? source, Func<string> excerpt)
    {
        if (Pairs++ < MostExamples) _examples.Add(new FindingExample(source, excerpt()));
    }
}
