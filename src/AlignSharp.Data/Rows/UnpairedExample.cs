namespace AlignSharp.Data.Rows;

/// <summary>One answer with a verdict: as text (<see cref="UnpairedRow"/>) or as a conversation (<see cref="UnpairedChatRow"/>).</summary>
/// <param name="Label">Whether the answer is good.</param>
/// <param name="Source">Where it came from.</param>
public abstract record UnpairedExample(bool Label, RowPosition Source);
