namespace AlignSharp.Data.Checks.RowRules;

/// <summary>An answer does not end in the end of sequence.</summary>
/// <param name="ends">The ids that end a sequence.</param>
internal sealed class MissingEos(AnswerEnds ends) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "missing-eos",
        "an answer does not end in the end-of-sequence token",
        "A model that never sees the end of an answer does not learn to stop.",
        "Let the tokenizer append it (text rows), end the chat template's assistant turn with it, or add its id to pre-tokenised rows.")
    {
        Severity = share => share < Thresholds.EosIsMissing ? FindingSeverity.Warning : FindingSeverity.Error,
    };

    public string? Find(PairView pair)
    {
        if (!ends.AreKnown || pair.Pair.Whole is not { } whole) return null;
        if (Lacks(whole.ChosenIds)) return $"chosen ends in id {whole.ChosenIds[^1]}: {Excerpt.Of(pair.Pair.Chosen)}";
        return Lacks(whole.RejectedIds) ? $"rejected ends in id {whole.RejectedIds[^1]}: {Excerpt.Of(pair.Pair.Rejected)}" : null;
    }

    // No ids at all is an empty answer.
    private bool Lacks(int[] ids) => ids.Length > 0 && !ends.Has(ids);
}
