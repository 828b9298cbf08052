namespace AlignSharp.Data.Checks.RowRules;

/// <summary>Both answers have the same score.</summary>
internal sealed class TiedScores : IRowRule
{
    public FindingKind Kind { get; } = new(
        "tied-scores",
        "chosen and rejected have the same score",
        "Whoever scored them saw no difference, so which one is called better is chance, and the model learns noise.",
        "Remove the pairs.")
    {
        Severity = FindingKind.Warning,
        IsLeftOut = true,
    };

    public string? Find(PairView pair) => pair.Pair is { ChosenScore: { } chosen, RejectedScore: { } rejected } && double.IsFinite(chosen) && chosen == rejected
        ? FormattableString.Invariant($"both {chosen:G6}; chosen: {Excerpt.Of(pair.Pair.Chosen)}")
        : null;
}
