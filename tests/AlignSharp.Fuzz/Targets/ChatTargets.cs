using System.Text;
using System.Text.Json;
using AlignSharp.Data.Chat;

namespace AlignSharp.Fuzz.Targets;

/// <summary>A chat template by somebody who means harm: parsed, and rendered over a conversation with tools.</summary>
internal static class ChatTargets
{
    // A tenth of the defaults, so that a render which uses all of them stays well below the time limit of an execution.
    private static readonly TemplateLimits Limits = new() { MaxSteps = 1_000_000, MaxOutputLength = 1 << 20 };
    private static readonly IReadOnlyList<ChatMessage> Messages = ChatMessage.ListFromJson(JsonElement.Parse(
        """
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "  a b\nc é 😀 "},
         {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1.5, "y": [1, 2]}}}]},
         {"role": "tool", "content": "12"}, {"role": "assistant", "content": "<think>no</think>yes"}]
        """));
    private static readonly ChatRenderOptions Options = new()
    {
        AddGenerationPrompt = true,
        Tools = JsonElement.Parse("""[{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]"""),
        Clock = new StoppedClock(),
    };

    public static void Render(byte[] bytes)
    {
        var chat = ChatTemplate.Parse(Encoding.UTF8.GetString(bytes), "template", limits: Limits).Render(Messages, Options);
        Expectations.Hold(chat.Text.Length <= Limits.MaxOutputLength, "the text is longer than the limit");
        foreach (var span in chat.AssistantSpans ?? []) Expectations.Hold(span.Start >= 0 && span.Start <= span.End && span.End <= chat.Text.Length, "a span lies outside of the text");
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
