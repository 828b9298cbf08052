using AlignSharp.Generation;

namespace AlignSharp.Recipes;

/// <summary>An answer of a chat.</summary>
/// <param name="Text">Its text without special tokens.</param>
/// <param name="Tokens">Its tokens, the end of sequence included.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record ChatAnswer(string Text, int Tokens, FinishReason FinishReason);
