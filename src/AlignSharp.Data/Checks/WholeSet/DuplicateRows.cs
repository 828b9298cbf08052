using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>Rows that are there more than once: prompt (up to white space), chosen and rejected.</summary>
internal sealed class DuplicateRows : ICheck
{
    private static readonly FindingKind Kind = new(
        "duplicate-row",
        "a row repeats an earlier one",
        "Copies weigh their preference more than the others', are learned by heart, and land on both sides of a split.",
        "Remove the copies; repeat data with num_train_epochs or weights, where everybody sees it.")
    {
        Severity = FindingKind.Warning,
        IsLeftOut = true,
    };

    private readonly Dictionary<PairKeys, RowPosition> _first = [];
    private readonly Tally _tally = new(Kind);

    public void Add(PairView pair)
    {
        if (_first.TryGetValue(pair.Keys, out var first)) _tally.Add(pair, $"the same as {Excerpt.Escaped(first.ToString())}: {Excerpt.Of(pair.Pair.Prompt)}");
        else _first.Add(pair.Keys, pair.Pair.Source);
    }

    public IEnumerable<Tally> Finish(PairLog log) => [_tally];
}
