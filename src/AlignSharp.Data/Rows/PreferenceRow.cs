namespace AlignSharp.Data.Rows;

/// <summary>A preference as text.</summary>
/// <param name="Prompt">What both completions answer; may be empty.</param>
/// <param name="Chosen">The better completion; never blank.</param>
/// <param name="Rejected">The worse completion; never blank and never equal to <paramref name="Chosen"/>.</param>
/// <param name="Source">Where it came from.</param>
public sealed record PreferenceRow(string Prompt, string Chosen, string Rejected, RowPosition Source) : PreferenceExample(Source);
