using System.Text.Json;
using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>A conversation and the messages that complete it.</summary>
/// <param name="Prompt">At least one message.</param>
/// <param name="Completion">The messages to learn, at least one.</param>
/// <param name="Tools">The row's <c>tools</c>, or null.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftChatCompletionRow(IReadOnlyList<ChatMessage> Prompt, IReadOnlyList<ChatMessage> Completion, JsonElement? Tools, RowPosition Source) : SftExample(Source);
