namespace AlignSharp.Data.Rows;

/// <summary>A text.</summary>
/// <param name="Text">The text; may be empty.</param>
/// <param name="Source">Where it came from.</param>
public sealed record TextRow(string Text, RowPosition Source) : TextExample(Source);
