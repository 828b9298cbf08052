using System.Globalization;
using System.Text.Json;
using AlignSharp.Data.Chat.Jinja.Values;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tests.Tokenizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

/// <summary>Renders against those of Python's Jinja2.</summary>
public sealed class ChatGoldenTests
{
    private static readonly string[] OwnWording = ["TemplateSyntaxError", "TemplateAssertionError", "TemplateRuntimeError", "SyntaxError", "OverflowError"];

    [Fact]
    public void Own_templates_render_as_in_Python()
    {
        using var templates = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("text/chat_templates_own.json")));
        var rows = 0;
        foreach (var row in GoldenLines.Read("text/chat_renders_own.jsonl"))
        {
            var template = templates.RootElement.GetProperty(GoldenLines.Text(row, "template")).GetString()!;
            Check(row, template, row.GetProperty("context"), new FixedClock(DateTimeOffset.UnixEpoch));
            rows++;
        }
        Assert.Equal(16, rows);
    }

    [Fact]
    public void Every_feature_gives_what_it_gives_in_Python()
    {
        var lines = GoldenLines.Read("text/chat_features.jsonl").ToList();
        var now = DateTimeOffset.Parse(GoldenLines.Text(lines[0], "now") + "Z", CultureInfo.InvariantCulture);
        foreach (var row in lines.Skip(1)) Check(row, GoldenLines.Text(row, "template"), lines[0].GetProperty("context"), new FixedClock(now));
        Assert.True(lines.Count > 240, $"{lines.Count} lines");
    }

    private static void Check(JsonElement row, string template, JsonElement context, TimeProvider clock)
    {
        var name = GoldenLines.Text(row, "name");
        if (row.TryGetProperty("error", out var error))
        {
            CheckFault(name, template, error.GetString()!, Assert.ThrowsAny<AlignSharpException>(() => ChatRendering.Render(template, context, clock)));
            return;
        }
        var chat = ChatRendering.Render(template, context, clock);
        // The template stands in the message because a difference alone says little.
        Assert.True(GoldenLines.Text(row, "rendered") == chat.Text, $"{name}: {template}\nexpected: {GoldenLines.Text(row, "rendered")}\nfound: {chat.Text}");
        var spans = chat.AssistantSpans!.Select(span => (CodePoints.Count(chat.Text[..span.Start]), CodePoints.Count(chat.Text[..span.End])));
        var expected = row.TryGetProperty("generation_spans", out var given) ? given.EnumerateArray().Select(span => (span[0].GetInt32(), span[1].GetInt32())) : [];
        Assert.Equal(expected, spans);
    }

    /// <summary>What goes wrong in a render has Python's words; for what is wrong with a template we have our own.</summary>
    private static void CheckFault(string name, string template, string expected, AlignSharpException found)
    {
        var (kind, words) = (expected[..expected.IndexOf(':', StringComparison.Ordinal)], expected[(expected.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        var isOfTemplate = Array.IndexOf(OwnWording, kind) >= 0 || kind == "SecurityError";
        Assert.True(isOfTemplate == found is ArtifactException || kind == "TemplateRuntimeError", $"{name}: {template}: {found}");
        Assert.DoesNotContain('\n', found.Message);
        if (Array.IndexOf(OwnWording, kind) < 0) Assert.Contains(words, found.Message, StringComparison.Ordinal);
    }
}
