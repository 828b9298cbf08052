namespace AlignSharp.Data.Checks.RowRules;

/// <summary>The rejected answer has the higher score.</summary>
internal sealed class InvertedScores : IRowRule
{
    public FindingKind Kind { get; } = new(
        "inverted-scores",
        "the rejected answer has the higher score",
        "The labels contradict the scores they should come from: the model is pushed towards the worse answer. It happened to UltraFeedback's early versions and reached models.",
        "Swap or remove the pairs after looking at some. If it is nearly all of them, the column may mean the opposite (a rank, a loss).")
    {
        Severity = FindingKind.Error,
        IsLeftOut = true,
    };

    public string? Find(PairView pair) => pair.Pair is { ChosenScore: { } chosen, RejectedScore: { } rejected } && double.IsFinite(chosen) && double.IsFinite(rejected) && rejected > chosen
        ? FormattableString.Invariant($"chosen {chosen:G6}, rejected {rejected:G6}; chosen: {Excerpt.Of(pair.Pair.Chosen)}")
        : null;
}
