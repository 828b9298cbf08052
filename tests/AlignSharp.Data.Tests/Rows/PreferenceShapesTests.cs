using AlignSharp.Data.Chat;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

/// <summary>The layouts of published preference sets: each fixture's rows and the shape that is told.</summary>
public sealed class PreferenceShapesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Explicit_conversations()
    {
        var row = Chat("""{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}],"tools":"[{\"type\":\"function\"}]","chat_template_kwargs":{"enable_thinking":false}}""", "conversational preference");
        Assert.Equal(("user: q", "assistant: a", "assistant: b"), Told(row));
        Assert.Equal("""[{"type":"function"}]""", row.Context.Tools?.GetRawText());
        Assert.False(row.Context.Variables!["enable_thinking"].GetBoolean());
    }

    [Fact]
    public void Answers_of_a_conversation_may_be_text() =>
        Assert.Equal(("user: q", "assistant: a", "assistant: b"), Told(Chat("""{"prompt":[{"role":"user","content":"q"}],"chosen":"a","rejected":"b"}""", "conversational preference")));

    [Fact]
    public void Implicit_conversations_share_their_prompt() => Assert.Equal(("user: q", "assistant: a", "assistant: b"), Told(Chat(
        """{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}""", "conversational preference with implicit prompt")));

    [Fact]
    public void Ultrafeedback_repeats_its_prompt_in_both_answers() => Assert.Equal(("user: q", "assistant: a", "assistant: b"), Told(Chat(
        """{"prompt":"q","prompt_id":"1","chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}],"messages":[],"score_chosen":8.0,"score_rejected":2.0}""", "UltraFeedback")));

    [Fact]
    public void A_prompt_of_text_speaks_for_the_user_where_answers_stand_alone() => Assert.Equal(("user: q", "assistant: a", "assistant: b"), Told(Chat(
        """{"prompt":"q","chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}""", "UltraFeedback")));

    [Fact]
    public void Sharegpt_speakers_get_their_roles() => Assert.Equal(("system: s|user: q|assistant: x|tool: 7|user: r", "assistant: a", "assistant: b"), Told(Chat(
        """{"system":"s","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"x"},{"from":"observation","value":"7"},{"from":"human","value":"r"}],"chosen":{"from":"gpt","value":"a"},"rejected":{"from":"gpt","value":"b"}}""", "ShareGPT preference")));

    [Fact]
    public void Alpaca_rows_become_conversations() => Assert.Equal(("user: u|assistant: v|user: i\nx", "assistant: a", "assistant: b"), Told(Chat(
        """{"instruction":"i","input":"x","history":[["u","v"]],"chosen":"a","rejected":"b"}""", "Alpaca preference")));

    [Fact]
    public void Dialogues_of_hh_end_their_prompt_at_the_last_shared_turn()
    {
        var row = Assert.IsType<PreferenceRow>(Read("""{"chosen":"\n\nHuman: hi\n\nAssistant: Hello","rejected":"\n\nHuman: hi\n\nAssistant: Go"}""", "hh-rlhf"));
        Assert.Equal(("\n\nHuman: hi\n\nAssistant:", " Hello", " Go"), (row.Prompt, row.Chosen, row.Rejected));
    }

    [Fact]
    public void Other_texts_end_their_prompt_at_a_word()
    {
        var row = Assert.IsType<PreferenceRow>(Read("""{"chosen":"Sum of 2 and 2: four","rejected":"Sum of 2 and 2: five"}""", "preference with implicit prompt"));
        Assert.Equal(("Sum of 2 and 2:", " four", " five"), (row.Prompt, row.Chosen, row.Rejected));
    }

    [Fact]
    public void The_shape_is_told_with_what_becomes_of_the_fields()
    {
        var path = _folder.Write("a.jsonl", """{"question":"q","response_j":"a","response_k":"b"}""");
        Assert.Equal($"{path}: read as stack-exchange-paired: prompt = \"Question: {{question}}\\n\\nAnswer: \", chosen = response_j, rejected = response_k", Assert.Single(Dataset.OfFile(path).Preferences().Shapes));
    }

    [Fact]
    public void Function_calls_of_sharegpt_become_tool_calls()
    {
        var message = Chat("""{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"}],"chosen":{"from":"gpt","value":"a"},"rejected":{"from":"gpt","value":"b"}}""", "ShareGPT preference").Prompt[1];
        Assert.Equal(("assistant", true), (message.Role, message.Has("tool_calls")));
    }

    private PreferenceChatRow Chat(string json, string shape) => Assert.IsType<PreferenceChatRow>(Read(json, shape));

    private PreferenceExample Read(string json, string shape)
    {
        var reader = Dataset.OfFile(_folder.Write("a.jsonl", json)).Preferences();
        Assert.Contains($"read as {shape}", Assert.Single(reader.Shapes), StringComparison.Ordinal);
        return Assert.Single(reader.Read());
    }

    private static (string, string, string) Told(PreferenceChatRow row) => (Told(row.Prompt), Told(row.Chosen), Told(row.Rejected));

    private static string Told(IReadOnlyList<ChatMessage> messages) => string.Join('|', messages.Select(message => $"{message.Role}: {message.Content}"));
}
