namespace AlignSharp.Data.Rows;

/// <summary>One answer with a verdict, as text.</summary>
/// <param name="Prompt">What is answered.</param>
/// <param name="Completion">The answer.</param>
/// <param name="Label">Whether the answer is good.</param>
/// <param name="Source">Where it came from.</param>
public sealed record UnpairedRow(string Prompt, string Completion, bool Label, RowPosition Source) : UnpairedExample(Label, Source);
