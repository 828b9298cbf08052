namespace AlignSharp.Data.Rows;

/// <summary>A text whose every token carries loss.</summary>
/// <param name="Text">The text; never blank.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftTextRow(string Text, RowPosition Source) : SftExample(Source);
