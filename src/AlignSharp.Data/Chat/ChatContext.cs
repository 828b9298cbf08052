using System.Text.Json;

namespace AlignSharp.Data.Chat;

/// <summary>What a row gives a chat template beside its messages.</summary>
/// <param name="Tools">The row's <c>tools</c>, a JSON array, or null.</param>
/// <param name="Documents">The row's <c>documents</c>, a JSON array, or null.</param>
/// <param name="Variables">The row's <c>chat_template_kwargs</c>, or null.</param>
public sealed record ChatContext(JsonElement? Tools, JsonElement? Documents, IReadOnlyDictionary<string, JsonElement>? Variables)
{
    /// <summary>Nothing.</summary>
    public static ChatContext None { get; } = new(null, null, null);
}
