namespace AlignSharp.Data.Checks;

/// <summary>A rule for single pairs, over a set.</summary>
/// <param name="rule">The rule.</param>
internal sealed class RowCheck(IRowRule rule) : ICheck
{
    private readonly Tally _tally = new(rule.Kind);

    public void Add(PairView pair)
    {
        if (rule.Find(pair) is { } excerpt) _tally.Add(pair, excerpt);
    }

    public IEnumerable<Tally> Finish(PairLog log) => [_tally];
}
