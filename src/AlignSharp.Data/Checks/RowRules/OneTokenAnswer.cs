namespace AlignSharp.Data.Checks.RowRules;

/// <summary>An answer has a single token before the end of sequence.</summary>
/// <param name="ends">The ids that end a sequence.</param>
internal sealed class OneTokenAnswer(AnswerEnds ends) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "one-token-answer",
        "an answer is a single token",
        "Next to real answers a stub is debris of a filter or of a model that stopped, and length alone tells it apart. Where most answers are one token, that is the task, and nothing is wrong.",
        "Look at the rows; remove the stubs, or restore the answers.")
    {
        Severity = share => share < Thresholds.AnswersAreTokens ? FindingSeverity.Warning : FindingSeverity.Info,
    };

    public string? Find(PairView pair)
    {
        if (pair.Pair.Whole is not { } whole) return null;
        if (IsStub(pair, pair.Pair.Chosen, whole.ChosenIds)) return $"chosen: {Excerpt.Of(pair.Pair.Chosen)}";
        return IsStub(pair, pair.Pair.Rejected, whole.RejectedIds) ? $"rejected: {Excerpt.Of(pair.Pair.Rejected)}" : null;
    }

    // White space alone is an empty answer.
    private bool IsStub(PairView pair, string text, int[] ids) => ends.TokensBeforeEnd(ids) == 1 && !(pair.HasText && string.IsNullOrWhiteSpace(text));
}
