namespace AlignSharp.Data.Checks.RowRules;

/// <summary>A token spans the end of the prompt.</summary>
internal sealed class SplitPrompt : IRowRule
{
    public FindingKind Kind { get; } = new(
        "split-prompt",
        "the prompt does not end where a token ends",
        "Prompt and answer together have other tokens than one after the other, as where a prompt ends in a space. Here they are tokenised apart and every token of the answer is scored; other programs cut by the prompt's length and score the wrong tokens.",
        "End prompts without white space and begin the answers with it, and ask the model in the same way later.")
    {
        Severity = FindingKind.Info,
    };

    public string? Find(PairView pair) => pair.Pair.IsSplitApart ? $"prompt ends: {Excerpt.Around(pair.Pair.Prompt, pair.Pair.Prompt.Length)}" : null;
}
