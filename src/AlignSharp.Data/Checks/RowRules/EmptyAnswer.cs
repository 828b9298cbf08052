namespace AlignSharp.Data.Checks.RowRules;

/// <summary>An answer has no token but the end of sequence, or is white space only.</summary>
/// <param name="ends">The ids that end a sequence.</param>
internal sealed class EmptyAnswer(AnswerEnds ends) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "empty-answer",
        "an answer is empty",
        "An empty chosen answer teaches the model to say nothing; an empty rejected one is told apart by its length alone.",
        "Remove the pairs, or find out which filter emptied the answers.")
    {
        Severity = FindingKind.Error,
        IsLeftOut = true,
    };

    public string? Find(PairView pair)
    {
        var (chosen, rejected) = (IsEmpty(pair, pair.Pair.Chosen, pair.Pair.Whole?.ChosenIds), IsEmpty(pair, pair.Pair.Rejected, pair.Pair.Whole?.RejectedIds));
        return (chosen, rejected) switch
        {
            (true, true) => "both are empty",
            (true, false) => $"chosen is empty; rejected: {Excerpt.Of(pair.Pair.Rejected)}",
            (false, true) => $"rejected is empty; chosen: {Excerpt.Of(pair.Pair.Chosen)}",
            _ => null,
        };
    }

    private bool IsEmpty(PairView pair, string text, int[]? ids) =>
        (pair.HasText && string.IsNullOrWhiteSpace(text)) || (ids is not null && ends.TokensBeforeEnd(ids) == 0);
}
