using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>A preference between two ends of a conversation.</summary>
/// <param name="Prompt">What both completions answer; at least one message.</param>
/// <param name="Chosen">The better completion, at least one message.</param>
/// <param name="Rejected">The worse completion, at least one message.</param>
/// <param name="Context">What the template sees beside the messages.</param>
/// <param name="Source">Where it came from.</param>
public sealed record PreferenceChatRow(
    IReadOnlyList<ChatMessage> Prompt, IReadOnlyList<ChatMessage> Chosen, IReadOnlyList<ChatMessage> Rejected, ChatContext Context, RowPosition Source) : PreferenceExample(Source);
