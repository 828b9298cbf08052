namespace AlignSharp.Data.Rows;

/// <summary>A prompt and the completion to learn.</summary>
/// <param name="Prompt">The prompt; may be empty.</param>
/// <param name="Completion">The completion; never blank.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftCompletionRow(string Prompt, string Completion, RowPosition Source) : SftExample(Source);
