using System.Globalization;
using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Chat.Jinja.Values;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tests.Tokenizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

/// <summary>
/// Renders of templates that other projects wrote, whose licences keep them out of the repository. ALIGNSHARP_CHAT_GOLDEN names the folder
/// with chat_renders.jsonl, chat_templates.json and chat_templates_own.json, or one that holds them in golden/text and third-party;
/// without it, that is the folder "shared" beside the checkout.
/// </summary>
public sealed class ChatSharedGoldenTests(ITestOutputHelper output)
{
    private const string Variable = "ALIGNSHARP_CHAT_GOLDEN";
    private static readonly string[] Places = ["", "golden/text", "third-party"];

    [Fact]
    public void Templates_of_other_projects_render_as_in_Python()
    {
        string[] needed = ["chat_renders.jsonl", "chat_templates.json", "chat_templates_own.json"];
        var files = needed.Select(Find).ToArray();
        Assert.SkipWhen(files.Contains(null), $"{Variable} is not set to a folder with {string.Join(", ", needed)}: only our own templates are checked");
        var templates = files[1..].SelectMany(file => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(file!))!).ToDictionary();

        var (own, others) = (new Tally(), new Tally());
        foreach (var line in File.ReadLines(files[0]!))
        {
            using var row = JsonDocument.Parse(line);
            var name = GoldenLines.Text(row.RootElement, "template");
            var difference = Difference(row.RootElement, templates[name]);
            (name.StartsWith("own:", StringComparison.Ordinal) ? own : others).Add(difference is null ? null : $"{GoldenLines.Text(row.RootElement, "name")}: {difference}");
        }

        output.WriteLine($"own {own}; others {others}");
        Assert.True(own.Rows >= 16 && others.Rows >= 348, $"only {own.Rows} and {others.Rows} renders");
        Assert.Empty(own.Differences);
        Assert.True(others.Share >= 0.995, $"{others}");
    }

    private static string? Find(string name)
    {
        var folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : Path.Combine(Golden.RepositoryRoot, "..", "shared");
        return Places.Select(below => Path.Combine(folder, below, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>What differs, in a line; null where text, spans and outcome are Python's.</summary>
    private static string? Difference(JsonElement row, string template)
    {
        try
        {
            var chat = Render(row, template);
            if (!row.TryGetProperty("rendered", out var expected)) return $"rendered, but Python says {row.GetProperty("error")}";
            if (chat.Text != expected.GetString()) return $"the text differs at {chat.Text.AsSpan().CommonPrefixLength(expected.GetString())}";
            var wanted = row.TryGetProperty("generation_spans", out var given) ? given.EnumerateArray().Select(span => (span[0].GetInt32(), span[1].GetInt32())).ToList() : [];
            var found = chat.AssistantSpans?.Select(span => (CodePoints.Count(chat.Text[..span.Start]), CodePoints.Count(chat.Text[..span.End]))).ToList() ?? [];
            return found.SequenceEqual(wanted) ? null : $"the spans are {string.Join(' ', found)}, expected {string.Join(' ', wanted)}";
        }
        catch (AlignSharpException fault)
        {
            return row.TryGetProperty("error", out _) ? null : fault.Message;
        }
    }

    private static RenderedChat Render(JsonElement row, string template)
    {
        var now = row.TryGetProperty("now", out var day) ? DateTimeOffset.Parse(day.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : DateTimeOffset.UnixEpoch;
        return ChatRendering.Render(template, row.GetProperty("context"), new FixedClock(now));
    }

    private sealed class Tally
    {
        public int Rows { get; private set; }

        public List<string> Differences { get; } = [];

        public double Share => (double)(Rows - Differences.Count) / Rows;

        public void Add(string? difference)
        {
            Rows++;
            if (difference is not null) Differences.Add(difference);
        }

        public override string ToString() => $"{Rows - Differences.Count} of {Rows}{string.Concat(Differences.Select(difference => "\n" + difference))}";
    }
}
