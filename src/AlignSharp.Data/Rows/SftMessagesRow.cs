using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>A conversation.</summary>
/// <param name="Messages">At least one message.</param>
/// <param name="Context">What the template sees beside the messages.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftMessagesRow(IReadOnlyList<ChatMessage> Messages, ChatContext Context, RowPosition Source) : SftExample(Source);
