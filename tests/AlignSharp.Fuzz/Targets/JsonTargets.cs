using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Fuzz.Targets;

/// <summary>JSON that says what a dataset or a state file says.</summary>
internal static class JsonTargets
{
    private static readonly ChatTemplate Printing = ChatTemplate.Parse("{% for m in messages %}{{ m }}{{ m | tojson }}{{ m.content | length if m.content }}{% endfor %}", "printing");

    /// <summary>A strict document walks through and every text in it can be read, or the reader says why not.</summary>
    public static void Strict(byte[] bytes)
    {
        try
        {
            using var document = StrictJson.Parse(bytes);
            Walk(document.RootElement);
        }
        catch (JsonException error)
        {
            // The two readers of files make one of ours of it.
            Expectations.Hold(StrictJson.OneLine(error).IndexOfAny(['\n', '\r']) < 0, "the message has several lines");
        }
    }

    /// <summary>A conversation becomes messages, and a template can print them.</summary>
    public static void Conversation(byte[] bytes)
    {
        try
        {
            using var document = StrictJson.Parse(bytes);
            Printing.Render(ChatMessage.ListFromJson(document.RootElement));
        }
        catch (JsonException) { }
    }

    private static void Walk(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Walk(member.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Walk(item);
                break;
            case JsonValueKind.Number: element.TryGetInt64(out _); break;
        }
    }
}
