namespace AlignSharp.Data.Pairs;

/// <summary>Cuts pairs to the lengths of <see cref="PairTokenizerOptions"/>.</summary>
/// <param name="options">Lengths and what stays; both lengths are set where the truncation needs them.</param>
internal sealed class PairLimit(PairTokenizerOptions options)
{
    /// <summary>Cuts one pair.</summary>
    /// <param name="pair">The whole pair.</param>
    /// <returns>The pair, null when it is dropped, whether its prompt was cut, and whether a completion was.</returns>
    public (TokenizedPair? Pair, bool PromptCut, bool CompletionCut) Apply(TokenizedPair pair)
    {
        var cut = options.Truncation == PairTruncation.KeepStart ? KeepStart(pair) : AsTrl07(pair);
        return (cut, cut is not null && cut.PromptIds.Length < pair.PromptIds.Length,
            cut is not null && (cut.ChosenIds.Length < pair.ChosenIds.Length || cut.RejectedIds.Length < pair.RejectedIds.Length));
    }

    private TokenizedPair? KeepStart(TokenizedPair pair)
    {
        if (options.MaxPromptLength is { } most) pair = pair with { PromptIds = End(pair.PromptIds, most) };
        if (options.MaxLength is not { } maxLength) return pair;
        var room = maxLength - pair.PromptIds.Length;
        return room <= 0 ? null : pair with { ChosenIds = Start(pair.ChosenIds, room), RejectedIds = Start(pair.RejectedIds, room) };
    }

    // DPODataCollatorWithPadding.tokenize_batch_element. The room of completions does not depend on the prompt's real length.
    private TokenizedPair AsTrl07(TokenizedPair pair)
    {
        var (maxLength, maxPrompt) = (options.MaxLength!.Value, options.MaxPromptLength!.Value);
        var longer = Math.Max(pair.ChosenIds.Length, pair.RejectedIds.Length);
        if (pair.PromptIds.Length + longer <= maxLength) return pair;
        pair = pair with { PromptIds = options.Truncation == PairTruncation.KeepEnd ? End(pair.PromptIds, maxPrompt) : Start(pair.PromptIds, maxPrompt) };
        if (pair.PromptIds.Length + longer <= maxLength) return pair;
        var room = maxLength - maxPrompt;
        return pair with { ChosenIds = Start(pair.ChosenIds, room), RejectedIds = Start(pair.RejectedIds, room) };
    }

    private static int[] Start(int[] ids, int length) => ids.Length <= length ? ids : ids[..length];

    private static int[] End(int[] ids, int length) => ids.Length <= length ? ids : ids[^length..];
}
