namespace AlignSharp.Data.Checks.RowRules;

/// <summary>A sequence begins with two beginning-of-sequence tokens.</summary>
/// <param name="bosId">The token's id, or null.</param>
/// <param name="bosText">The text of the one that the tokenizer adds, or null.</param>
internal sealed class DoubleBos(int? bosId, string? bosText) : IRowRule
{
    public FindingKind Kind { get; } = new(
        "double-bos",
        "the prompt begins with two beginning-of-sequence tokens",
        "The text brings a beginning of sequence and the tokenizer adds another: a beginning that the model never saw, and not the one that it will be asked with.",
        "Remove it from the texts, or from the chat template.")
    {
        Severity = FindingKind.Warning,
    };

    public string? Find(PairView pair)
    {
        var isText = bosText is { Length: > 0 } && pair.Pair.Prompt.StartsWith(bosText, StringComparison.Ordinal);
        var isDouble = pair.Pair.Whole is not { } whole ? isText : whole.PromptIds is [var first, var second, ..] && first == second && (first == bosId || isText);
        return isDouble ? $"prompt: {Excerpt.Of(pair.Pair.Prompt)}" : null;
    }
}
