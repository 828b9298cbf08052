using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

/// <summary>Preferences between ends of a conversation, by hand-derived renders.</summary>
public sealed class ChatPairTests
{
    private const string Template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    private static readonly RowPosition Source = new("rows.jsonl", 1);
    private readonly PieceTokenizer _tokenizer = new(spaceInFront: false);

    [Fact]
    public void The_prompt_ends_in_the_header_and_the_completions_in_what_ends_a_turn()
    {
        var pair = Whole(Template, Row("hi", "yes", "no"));
        Assert.False(pair.IsSplitApart);
        Assert.Equal(("[user]hi</s>[assistant]", "yes</s>", "no</s>"), Told(pair.Pair));
    }

    [Fact]
    public void Nothing_is_added_in_front_of_what_the_template_renders() => Assert.NotEqual(0, Whole(Template, Row("hi", "yes", "no")).Pair.PromptIds[0]);

    [Fact]
    public void A_header_that_only_the_prompt_alone_has_is_left_out()
    {
        // As templates of thinking models do: the generation prompt opens a thought that finished turns do not have.
        var thinking = Template.Replace("[assistant]{% endif %}", "[assistant]<think>{% endif %}", StringComparison.Ordinal);
        Assert.Equal(("[user]hi</s>[assistant]", "yes</s>", "no</s>"), Told(Whole(thinking, Row("hi", "yes", "no")).Pair));
    }

    [Fact]
    public void A_token_across_the_header_is_told()
    {
        var template = "{% for m in messages %}{{ m.role[0] }}{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}a{% endif %}";
        var pair = Whole(template, Row("hi", "bc", "no")); // "ab" is one piece
        Assert.True(pair.IsSplitApart);
        Assert.Equal(("uhi</s>a", "bc</s>", "no</s>"), Told(pair.Pair));
    }

    [Fact]
    public void A_template_without_common_ground_is_refused() => Assert.Contains("share nothing", Assert.Throws<DatasetException>(() =>
        Whole("{% if add_generation_prompt %}x{% else %}{{ messages[-1].content }}{% endif %}", Row("hi", "yes", "no"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_conversation_without_a_template_says_what_to_do() => Assert.Contains("chat_template_path", Assert.Throws<ConfigurationException>(() =>
        new PairTokenizer(_tokenizer, new PairTokenizerOptions()).Whole(Row("hi", "yes", "no"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Tools_of_the_row_reach_the_template()
    {
        var row = Row("hi", "yes", "no") with { Context = new ChatContext(System.Text.Json.JsonDocument.Parse("[7]").RootElement, null, null) };
        Assert.StartsWith("7[user]", Told(Whole("{{ tools[0] }}" + Template, row).Pair).Item1, StringComparison.Ordinal);
    }

    private WholePair Whole(string template, PreferenceChatRow row) => new PairTokenizer(_tokenizer, new PairTokenizerOptions(), ChatTemplate.Parse(template, "test")).Whole(row);

    private (string, string, string) Told(TokenizedPair pair) => (_tokenizer.Decode(pair.PromptIds), _tokenizer.Decode(pair.ChosenIds), _tokenizer.Decode(pair.RejectedIds));

    private static PreferenceChatRow Row(string prompt, string chosen, string rejected) =>
        new([new ChatMessage("user", prompt)], [new ChatMessage("assistant", chosen)], [new ChatMessage("assistant", rejected)], ChatContext.None, Source);
}
