using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

/// <summary>TRL's extract_prompt (golden/text/trl_extract_prompt.json), and where ours differs from it.</summary>
public sealed class ImplicitPromptTests
{
    private static readonly RowPosition Source = new("rows.jsonl", 3);

    [Fact]
    public void Texts_are_split_as_trl_does_on_request()
    {
        var texts = Golden().Where(row => row.GetProperty("input").GetProperty("chosen").ValueKind == JsonValueKind.String).ToList();
        Assert.Equal(68, texts.Count);
        foreach (var row in texts)
        {
            var (chosen, rejected) = (Text(row, "input", "chosen"), Text(row, "input", "rejected"));
            if (row.TryGetProperty("error", out _)) Assert.Contains("empty", Assert.Throws<DatasetException>(() => ImplicitPrompt.SplitAsTrl(chosen, rejected, Source)).Message, StringComparison.Ordinal);
            else Assert.Equal((Text(row, "output", "prompt"), Text(row, "output", "chosen"), Text(row, "output", "rejected")), ImplicitPrompt.SplitAsTrl(chosen, rejected, Source));
        }
    }

    [Fact]
    public void Conversations_are_split_as_trl_does()
    {
        var chats = Golden().Where(row => row.GetProperty("input").GetProperty("chosen").ValueKind == JsonValueKind.Array).ToList();
        Assert.Equal(23, chats.Count);
        foreach (var row in chats)
        {
            var (prompt, chosen, rejected) = ImplicitPrompt.Split(Messages(row, "input", "chosen"), Messages(row, "input", "rejected"));
            foreach (var (name, found) in new[] { ("prompt", prompt), ("chosen", chosen), ("rejected", rejected) })
                Assert.True(Messages(row, "output", name) is var expected && expected.Count == found.Count && expected.Zip(found).All(pair => pair.First.IsSameAs(pair.Second)), row.GetRawText());
        }
    }

    [Theory]
    [InlineData("the cat sat", "the cow ran", "the", " cat sat", " cow ran")] // TRL cuts "the c"
    [InlineData("sum: 12", "sum: 13", "sum:", " 12", " 13")]
    [InlineData("It is so.", "It is so. Really.", "It is", " so.", " so. Really.")] // TRL leaves "." to both
    [InlineData("same", "same", "", "same", "same")]
    [InlineData("a", "b", "", "a", "b")] // TRL wraps around to the last character
    [InlineData("", "b", "", "", "b")] // TRL fails
    [InlineData("你好世界", "你好朋友", "你好", "世界", "朋友", false)]
    [InlineData("x\n\nyes", "x\n\nno", "x\n\n", "yes", "no")]
    [InlineData("\n\nHuman: hi\n\nAssistant: I am", "\n\nHuman: hi\n\nAssistant: I see", "\n\nHuman: hi\n\nAssistant:", " I am", " I see")]
    [InlineData("\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d", "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: e", "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:", " d", " e")]
    public void Mended_texts_are_split_at_a_turn_or_a_word(string whole, string other, string prompt, string chosen, string rejected, bool spaced = true)
    {
        // Without spaces nothing tells where a word ends, so it may begin earlier, but nothing is lost.
        var found = ImplicitPrompt.Split(whole, other);
        if (spaced) Assert.Equal((prompt, chosen, rejected), found);
        Assert.Equal((whole, other), (found.Prompt + found.Chosen, found.Prompt + found.Rejected));
    }

    [Fact]
    public void Mended_splits_lose_nothing_and_leave_no_completion_empty()
    {
        foreach (var row in Golden().Where(row => row.GetProperty("input").GetProperty("chosen").ValueKind == JsonValueKind.String))
        {
            var (whole, other) = (Text(row, "input", "chosen"), Text(row, "input", "rejected"));
            var (prompt, chosen, rejected) = ImplicitPrompt.Split(whole, other);
            Assert.Equal((whole, other), (prompt + chosen, prompt + rejected));
            Assert.True(whole.Length == 0 || chosen.Length > 0);
            Assert.True(other.Length == 0 || rejected.Length > 0);
        }
    }

    private static JsonElement.ArrayEnumerator Golden() => JsonDocument.Parse(File.ReadAllBytes(AlignSharp.Testing.Golden.Path("text/trl_extract_prompt.json"))).RootElement.EnumerateArray();

    private static string Text(JsonElement row, string side, string field) => row.GetProperty(side).GetProperty(field).GetString()!;

    private static IReadOnlyList<ChatMessage> Messages(JsonElement row, string side, string field) => ChatMessage.ListFromJson(row.GetProperty(side).GetProperty(field));
}
