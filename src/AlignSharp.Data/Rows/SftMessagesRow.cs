using System.Text.Json;
using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>A conversation.</summary>
/// <param name="Messages">At least one message.</param>
/// <param name="Tools">The row's <c>tools</c>, or null.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftMessagesRow(IReadOnlyList<ChatMessage> Messages, JsonElement? Tools, RowPosition Source) : SftExample(Source);
