using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

public sealed class ChatTemplateTests
{
    private const string ChatMl = "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}<|im_end|>{% endif %}\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private static readonly ChatMessage[] Talk = [new("user", "Hi 😀"), new("assistant", "Hello."), new("user", "Bye"), new("assistant", "😀!")];

    [Fact]
    public void Spans_are_indices_of_the_text_as_dotnet_counts()
    {
        var template = ChatTemplate.Parse(ChatMl, "chatml");
        var chat = template.Render(Talk);
        Assert.True(template.MarksAssistant);
        Assert.Equal(["Hello.<|im_end|>", "😀!<|im_end|>"], chat.AssistantSpans!.Select(span => chat.Text.Substring(span.Start, span.Length)));
    }

    [Fact]
    public void A_generation_prompt_is_added_when_asked_for()
    {
        var template = ChatTemplate.Parse(ChatMl, "chatml");
        Assert.Equal(template.Render(Talk[..1]).Text + "<|im_start|>assistant\n", template.Render(Talk[..1], addGenerationPrompt: true).Text);
    }

    [Fact]
    public void A_template_without_marks_gives_no_spans()
    {
        var template = ChatTemplate.Parse("{{ messages[0].content }}", "plain");
        Assert.False(template.MarksAssistant);
        Assert.Empty(template.Render(Talk).AssistantSpans!);
    }

    [Fact]
    public void Spans_are_unknown_where_a_macro_hides_the_marks()
    {
        var chat = ChatTemplate.Parse("a{% macro say(t) %}{% generation %}{{ t }}{% endgeneration %}{% endmacro %}{{ say('x') }}", "macro").Render(Talk);
        Assert.Equal("ax", chat.Text);
        Assert.Null(chat.AssistantSpans);
    }

    [Fact]
    public void Tools_documents_and_variables_reach_the_template()
    {
        var template = ChatTemplate.Parse("{{ tools | tojson }}|{{ documents[0].title }}|{{ enable_thinking }}|{{ bos_token }}", "vars", new Dictionary<string, string> { ["bos_token"] = "<s>" });
        var options = new ChatRenderOptions
        {
            Tools = Json("""[{"name": "f", "p": 1.0}]"""),
            Documents = Json("""[{"title": "T"}]"""),
            Variables = new Dictionary<string, JsonElement> { ["enable_thinking"] = Json("false") },
        };
        Assert.Equal("""[{"name": "f", "p": 1.0}]|T|False|<s>""", template.Render(Talk, options).Text);
        Assert.Equal("null||", ChatTemplate.Parse("{{ tools | tojson }}|{{ x }}|{{ bos_token }}", "vars").Render(Talk).Text);
    }

    [Fact]
    public void The_clock_is_the_given_one()
    {
        var options = new ChatRenderOptions { Clock = new FixedClock(new DateTimeOffset(2024, 7, 26, 8, 0, 0, TimeSpan.Zero)) };
        Assert.Equal("26 Jul 2024", ChatTemplate.Parse("{{ strftime_now('%d %b %Y') }}", "date").Render(Talk, options).Text);
    }

    [Fact]
    public void Messages_keep_every_field_of_their_json()
    {
        var messages = ChatMessage.ListFromJson(Json("""[{"role": "assistant", "content": null, "tool_calls": [{"id": 7}]}, {"role": "user", "content": [{"type": "text", "text": "x"}]}]"""));
        Assert.Null(messages[0].Content);
        Assert.Equal("assistant", messages[0].Role);
        Assert.Equal("7 x None", ChatTemplate.Parse("{{ messages[0].tool_calls[0].id }} {{ messages[1].content[0].text }} {{ messages[0].content }}", "fields").Render(messages).Text);
    }

    [Theory]
    [InlineData("""{"role": "user"}""", "a conversation is a Object, expected an array of messages")]
    [InlineData("""[{"role": "user", "content": "x"}, 5]""", "message 2: a message is a Number, expected an object with \"role\" and \"content\"")]
    [InlineData("""[{"content": "x"}]""", "message 1: a message has no text as \"role\", expected for example {\"role\": \"user\", \"content\": \"...\"}")]
    [InlineData("""[{"role": "user", "content": "\ud800"}]""", "message 1: a message holds half of a surrogate pair, expected Unicode text")]
    public void A_bad_conversation_is_refused_with_one_line(string json, string expected)
        => Assert.Equal(expected, Assert.Throws<DatasetException>(() => ChatMessage.ListFromJson(Json(json))).Message);

    [Theory]
    [InlineData("a\n{% if %}", "t.jinja, line 2: the template is not valid: expected an expression, found the end of the block tag")]
    [InlineData("{# a\nb #}\n\n{% endif %}", "t.jinja, line 4: the template is not valid: encountered unknown tag 'endif'")]
    [InlineData("{% for m in messages %}", "t.jinja, line 1: the template is not valid: unexpected end of template, expected 'endfor' or 'else'")]
    [InlineData("{{ 'x' | shout }}", "t.jinja, line 1: the template is not valid: there is no filter named 'shout'")]
    [InlineData("\n{{ 'x' is loud }}", "t.jinja, line 2: the template is not valid: there is no test named 'loud'")]
    [InlineData("{% include 'other' %}", "t.jinja, line 1: the template is not valid: the tag 'include' is not supported: a chat template stands in one file")]
    [InlineData("{{ 'a\nb", "t.jinja, line 1: the template is not valid: a string is not closed")]
    public void A_bad_template_is_an_artifact_fault(string template, string expected)
        => Assert.Equal(expected, Assert.Throws<ArtifactException>(() => ChatTemplate.Parse(template, "t.jinja")).Message);

    [Theory]
    [InlineData("{{ raise_exception('Roles must\nalternate') }}", "t.jinja, line 1: the template refuses the conversation: Roles must alternate")]
    [InlineData("a\n{% for m in messages %}\n{{ m.content.x.y }}{% endfor %}", "t.jinja, line 3: the conversation does not fit the template: 'str object' has no attribute 'x'")]
    [InlineData("{% macro f(m) %}\n{{ m + 1 }}{% endmacro %}\n\n{{ f('x') }}", "t.jinja, line 2: the conversation does not fit the template: can only concatenate str (not \"int\") to str")]
    public void A_refused_conversation_is_a_dataset_fault(string template, string expected)
        => Assert.Equal(expected, Assert.Throws<DatasetException>(() => ChatTemplate.Parse(template, "t.jinja").Render(Talk)).Message);

    [Theory]
    [InlineData("""[{"name": "f"}]""")]
    [InlineData(""" "[{\"name\": \"f\"}]" """)]
    public void Tools_and_documents_are_lists_or_texts_of_lists(string json)
    {
        var template = ChatTemplate.Parse("{{ tools[0].name }}{{ documents | length }}", "t");
        Assert.Equal("f1", template.Render([], new ChatRenderOptions { Tools = Json(json), Documents = Json(json) }).Text);
    }

    [Fact]
    public void A_text_of_tools_that_is_no_JSON_is_a_dataset_fault()
        => Assert.StartsWith("the list of tools is a text that is not JSON: ",
            Assert.Throws<DatasetException>(() => ChatTemplate.Parse("", "t").Render([], new ChatRenderOptions { Tools = Json("\"[\"") })).Message, StringComparison.Ordinal);

    [Fact]
    public void One_template_renders_on_many_threads_at_once()
    {
        var template = ChatTemplate.Parse("{% set ns = namespace(n=0) %}{% macro f(x) %}{% set y = x ~ '!' %}{{ y }}{% endmacro %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{{ f(m.content) }}{{ ns.n }}{% endfor %}", "shared");
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var messages = Enumerable.Range(0, i % 7 + 1).Select(k => new ChatMessage("user", $"{i}.{k}")).ToList();
            Assert.Equal(string.Concat(messages.Select((message, k) => $"{message.Content}!{k + 1}")), template.Render(messages).Text);
        });
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
