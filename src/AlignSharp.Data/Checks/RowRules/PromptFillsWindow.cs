namespace AlignSharp.Data.Checks.RowRules;

/// <summary>A prompt leaves no room for an answer.</summary>
/// <param name="maxLength">The window, for the message.</param>
internal sealed class PromptFillsWindow(int? maxLength) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "prompt-fills-window",
        "the prompt alone fills the window",
        $"No token of an answer fits behind the prompt within {EqualAfterTruncation.Window(maxLength)}; a run drops such pairs, so the set is smaller than it looks.",
        "Raise max_length, cut prompts with max_prompt_length, or remove the pairs.")
    {
        Severity = FindingKind.Warning,
        IsLeftOut = true,
    };

    public string? Find(PairView pair) => pair.Pair is { Whole: { } whole, Trained: null }
        ? $"{whole.PromptIds.Length} tokens: {Excerpt.Of(pair.Pair.Prompt)}"
        : null;
}
