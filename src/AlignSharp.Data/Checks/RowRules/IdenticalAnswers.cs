namespace AlignSharp.Data.Checks.RowRules;

/// <summary>Chosen and rejected are the same text, or the same tokens.</summary>
internal sealed class IdenticalAnswers : IRowRule
{
    public FindingKind Kind { get; } = new(
        "identical-answers",
        "chosen and rejected are the same",
        "The margin of such a pair is zero whatever the model does: it costs a step's time, teaches nothing, and holds the loss up.",
        "Remove the pairs, or restore the answer that was lost when the set was made.")
    {
        Severity = FindingKind.Error,
        IsLeftOut = true,
    };

    public string? Find(PairView pair)
    {
        var isSame = pair.Pair.Whole is { } whole
            ? whole.ChosenIds.AsSpan().SequenceEqual(whole.RejectedIds)
            : pair.Pair.Chosen == pair.Pair.Rejected;
        return isSame ? $"both: {Excerpt.Of(pair.Pair.Chosen)}" : null;
    }
}
