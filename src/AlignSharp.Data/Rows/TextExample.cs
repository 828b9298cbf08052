namespace AlignSharp.Data.Rows;

/// <summary>One text of a file: as text (<see cref="TextRow"/>) or as token ids (<see cref="IdsRow"/>).</summary>
/// <param name="Source">Where it came from.</param>
public abstract record TextExample(RowPosition Source);
