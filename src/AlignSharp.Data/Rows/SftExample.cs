namespace AlignSharp.Data.Rows;

/// <summary>One example for supervised fine-tuning or scoring: <see cref="SftTextRow"/>, <see cref="SftCompletionRow"/>, <see cref="SftIdsRow"/>, <see cref="SftMessagesRow"/> or <see cref="SftChatCompletionRow"/>.</summary>
/// <param name="Source">Where it came from.</param>
public abstract record SftExample(RowPosition Source);
