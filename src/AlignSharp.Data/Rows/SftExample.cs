namespace AlignSharp.Data.Rows;

/// <summary>One example for supervised fine-tuning or scoring: <see cref="SftTextRow"/>, <see cref="SftCompletionRow"/> or <see cref="SftIdsRow"/>.</summary>
/// <param name="Source">Where it came from.</param>
public abstract record SftExample(RowPosition Source);
