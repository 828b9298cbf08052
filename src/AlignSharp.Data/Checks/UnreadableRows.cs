using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>Rows that the reader could not make a pair of, as it reports them.</summary>
internal sealed class UnreadableRows
{
    private static readonly FindingKind Kind = new(
        "unreadable-row",
        "a row cannot be read",
        "A run stops at such a row, or leaves it out if it is told to skip bad rows.",
        "Repair or remove the rows; the examples say what is wrong with them.")
    {
        Severity = FindingKind.Error,
    };

    public Tally Tally { get; } = new(Kind);

    public void Add(string message, RowPosition? source) => Tally.Add(source, Excerpt.Of(message));
}
