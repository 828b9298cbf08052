using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>A conversation and the messages that complete it.</summary>
/// <param name="Prompt">At least one message.</param>
/// <param name="Completion">The messages to learn, at least one.</param>
/// <param name="Context">What the template sees beside the messages.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftChatCompletionRow(IReadOnlyList<ChatMessage> Prompt, IReadOnlyList<ChatMessage> Completion, ChatContext Context, RowPosition Source) : SftExample(Source);
