namespace AlignSharp.Data.Rows;

/// <summary>Where a row came from, for messages that name it.</summary>
/// <param name="File">Path of the file as the user gave it.</param>
/// <param name="Row">1-based row: the line of a JSONL file, the element of a JSON array.</param>
public readonly record struct RowPosition(string File, int Row)
{
    /// <summary>The position as it appears in messages: <c>file:row</c>.</summary>
    public override string ToString() => $"{File}:{Row}";
}
