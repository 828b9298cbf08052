using AlignSharp.Generation;

namespace AlignSharp.Recipes;

/// <summary>A completion of a prompt.</summary>
/// <param name="Prompt">The prompt's text; null for ids without a tokenizer.</param>
/// <param name="PromptIds">The prompt's ids when it was given as ids, else null.</param>
/// <param name="Text">Text of the completion, without special tokens and without the stop string that ended it; null without a tokenizer.</param>
/// <param name="Ids">Its tokens, the end of sequence or those of the stop string included.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record GeneratedCompletion(string? Prompt, IReadOnlyList<int>? PromptIds, string? Text, IReadOnlyList<int> Ids, FinishReason FinishReason);
