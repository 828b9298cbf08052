namespace AlignSharp.Diagnostics;

/// <summary>All rows of an epoch together.</summary>
/// <param name="Tokens">Tokens that the steps compute.</param>
/// <param name="Scored">Tokens whose log-probability is computed.</param>
/// <param name="Attended">Pairs of a token and one that it sees.</param>
public readonly record struct EpochSize(long Tokens, long Scored, double Attended)
{
    /// <summary>Adds rows up.</summary>
    /// <param name="rows">The rows.</param>
    public static EpochSize Of(IEnumerable<RowSize> rows) =>
        rows.Aggregate(new EpochSize(), (sum, row) => new EpochSize(sum.Tokens + row.Tokens, sum.Scored + row.Scored, sum.Attended + row.Attended));
}
