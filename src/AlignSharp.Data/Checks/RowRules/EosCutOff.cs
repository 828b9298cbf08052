namespace AlignSharp.Data.Checks.RowRules;

/// <summary>An answer ends in the end of sequence, but the window cuts that off.</summary>
/// <param name="ends">The ids that end a sequence.</param>
/// <param name="maxLength">The window, for the message.</param>
internal sealed class EosCutOff(AnswerEnds ends, int? maxLength) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "eos-cut-off",
        "the window cuts the end of an answer off",
        $"What is trained of the answer stops in the middle at {EqualAfterTruncation.Window(maxLength)}. A few are the price of a window; many teach answers that do not end.",
        "Raise max_length, or leave out long rows (max_characters).")
    {
        Severity = share => share < Thresholds.EosIsCutOff ? FindingSeverity.Info : FindingSeverity.Warning,
    };

    public string? Find(PairView pair)
    {
        // A pair without a difference has a finding of its own and leaves the set.
        if (pair.Pair is not { Whole: { } whole, Trained: { } trained } || EqualAfterTruncation.IsCutEqual(whole, trained)) return null;
        if (IsCut(whole.ChosenIds, trained.ChosenIds)) return $"chosen has {whole.ChosenIds.Length} tokens, {trained.ChosenIds.Length} are trained";
        return IsCut(whole.RejectedIds, trained.RejectedIds) ? $"rejected has {whole.RejectedIds.Length} tokens, {trained.RejectedIds.Length} are trained" : null;
    }

    private bool IsCut(int[] whole, int[] trained) => ends.Has(whole) && !ends.Has(trained);
}
