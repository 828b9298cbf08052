namespace AlignSharp.Data.Checks.RowRules;

/// <summary>Both answers are cut by the window before they begin to differ.</summary>
/// <param name="maxLength">The window, for the message.</param>
internal sealed class EqualAfterTruncation(int? maxLength) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "equal-after-truncation",
        "chosen and rejected are the same once they are cut",
        $"The answers differ only beyond {Window(maxLength)}, so what is trained is a pair of equals: it teaches nothing.",
        "Raise max_length, shorten the prompts (max_prompt_length), or remove the pairs.")
    {
        Severity = FindingKind.Error,
        IsLeftOut = true,
    };

    public string? Find(PairView pair)
    {
        if (pair.Pair is not { Whole: { } whole, Trained: { } trained } || !IsCutEqual(whole, trained)) return null;
        var same = whole.ChosenIds.AsSpan().CommonPrefixLength(whole.RejectedIds);
        return $"{trained.ChosenIds.Length} tokens are trained, the answers differ from token {same + 1} on: {Excerpt.Of(pair.Pair.Chosen)}";
    }

    /// <summary>Whether cutting a pair made its answers equal.</summary>
    public static bool IsCutEqual(Pairs.TokenizedPair whole, Pairs.TokenizedPair trained) =>
        trained.ChosenIds.AsSpan().SequenceEqual(trained.RejectedIds) && !whole.ChosenIds.AsSpan().SequenceEqual(whole.RejectedIds);

    internal static string Window(int? maxLength) => maxLength is { } length ? FormattableString.Invariant($"max_length ({length} tokens)") : "the window";
}
