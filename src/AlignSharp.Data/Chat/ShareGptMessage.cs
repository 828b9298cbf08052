using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Chat;

/// <summary>Messages as ShareGPT files hold them, <c>{"from": "human", "value": "..."}</c>, with the names that LLaMA-Factory gives the speakers.</summary>
internal static class ShareGptMessage
{
    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["human"] = "user",
        ["user"] = "user",
        ["gpt"] = "assistant",
        ["chatgpt"] = "assistant",
        ["assistant"] = "assistant",
        ["system"] = "system",
        ["observation"] = "tool",
        ["tool"] = "tool",
        [FunctionCall] = "assistant",
    };

    private const string FunctionCall = "function_call";

    /// <summary>Whether an object is such a message.</summary>
    public static bool Is(JsonElement json) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("from", out _) && json.TryGetProperty("value", out _);

    /// <summary>The message by role and content; a function call becomes the <c>tool_calls</c> that templates know.</summary>
    /// <exception cref="DatasetException">The speaker is not known, or a text is none.</exception>
    public static ChatMessage Read(JsonElement json)
    {
        var (from, value) = (Text(json, "from"), Text(json, "value"));
        if (!Roles.TryGetValue(from, out var role)) throw new DatasetException($"a message is \"from\" \"{from}\", expected {string.Join(", ", Roles.Keys)}");
        return from == FunctionCall ? Call(value) : new ChatMessage(role, value);
    }

    private static ChatMessage Call(string value)
    {
        try
        {
            using var call = JsonDocument.Parse(value);
            var calls = call.RootElement.ValueKind == JsonValueKind.Array ? call.RootElement.EnumerateArray().ToList() : [call.RootElement];
            var message = JsonSerializer.SerializeToElement(new { role = "assistant", content = "", tool_calls = calls.Select(function => new { type = "function", function }) });
            return ChatMessage.FromJson(message);
        }
        catch (JsonException error)
        {
            throw new DatasetException("the value of a function_call is not JSON; expected {\"name\": ..., \"arguments\": {...}}", error);
        }
    }

    private static string Text(JsonElement json, string field)
    {
        var value = json.GetProperty(field);
        if (value.ValueKind != JsonValueKind.String) throw new DatasetException($"a message has no text as \"{field}\"");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new DatasetException("a message holds half of a surrogate pair, expected Unicode text", error);
        }
    }
}
