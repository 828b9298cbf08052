using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>One answer with a verdict, as a conversation.</summary>
/// <param name="Prompt">What is answered; at least one message.</param>
/// <param name="Completion">The answer; at least one message.</param>
/// <param name="Label">Whether the answer is good.</param>
/// <param name="Context">What the template sees beside the messages.</param>
/// <param name="Source">Where it came from.</param>
public sealed record UnpairedChatRow(IReadOnlyList<ChatMessage> Prompt, IReadOnlyList<ChatMessage> Completion, bool Label, ChatContext Context, RowPosition Source) : UnpairedExample(Label, Source);
