using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Chat.Jinja.Operations;
using CsCheck;
using Xunit;

namespace AlignSharp.Data.Tests.Chat;

/// <summary>What holds for every content; a counterexample is shrunk and printed with its seed.</summary>
public sealed class TemplatePropertyTests
{
    private static readonly Gen<string> Contents = Gen.OneOf(Gen.Char, Gen.Char[" {}%#'\"\\\n\r<|>ab"]).Array[0, 60].Select(units => new string(units));
    private static readonly Gen<string> Unicode = Contents.Where(IsUnicode).Select(text => text + "😀");

    [Fact]
    public void A_template_writes_contents_as_they_are()
    {
        var template = ChatTemplate.Parse("{% for m in messages %}<|{{ m.role }}|>{% generation %}{{ m['content'] }}{% endgeneration %}{% endfor %}", "t");
        Gen.Select(Contents, Contents).Sample((first, second) =>
        {
            var chat = template.Render([new("user", first), new("assistant", second)]);
            Assert.Equal($"<|user|>{first}<|assistant|>{second}", chat.Text);
            Assert.Equal([first, second], chat.AssistantSpans!.Select(span => chat.Text.Substring(span.Start, span.Length)));
        });
    }

    [Theory]
    [InlineData("tojson")]
    [InlineData("tojson(indent=2)")]
    [InlineData("tojson(ensure_ascii=true, sort_keys=true)")]
    public void What_tojson_writes_reads_back_as_what_it_was(string filter)
    {
        var template = ChatTemplate.Parse($"{{{{ tools | {filter} }}}}", "t");
        Json(depth: 3).Sample(value =>
        {
            var json = JsonSerializer.SerializeToElement(new[] { value });
            using var written = JsonDocument.Parse(template.Render([], new ChatRenderOptions { Tools = json }).Text);
            Assert.True(JsonElement.DeepEquals(json, written.RootElement), $"{json} became {written.RootElement}");
        });
    }

    [Fact]
    public void Splitting_and_joining_and_turning_round_twice_change_nothing()
    {
        var template = ChatTemplate.Parse("{% set x, y = messages[0].content, messages[1].content %}{{ x.split(y) | join(y) == x and x.rsplit(y) | join(y) == x and x | reverse | reverse == x and x[::-1] == x | reverse and x.replace(y, y) == x and x | list | join == x }}", "t");
        Gen.Select(Contents, Contents.Where(text => text.Length > 0)).Sample((text, separator) => Assert.Equal("True", template.Render([new("user", text), new("user", separator)]).Text));
    }

    [Fact]
    public void Long_parts_are_found_where_short_ones_are()
        => Gen.Select(Gen.Char["ab"].Array[0, 400], Gen.Char["ab"].Array[1, 6], Gen.Int[11, 40]).Sample((text, part, times) =>
        {
            var (whole, needle) = (new string(text) + string.Concat(Enumerable.Repeat(new string(part), times + 5)), string.Concat(Enumerable.Repeat(new string(part), times)));
            Assert.Equal(whole.IndexOf(needle, StringComparison.Ordinal), TextSearch.First(whole, needle));
            Assert.Equal(whole.LastIndexOf(needle, StringComparison.Ordinal), TextSearch.Last(whole, needle));
            Assert.Equal(whole.AsSpan().Count(needle), TextSearch.All(whole, needle).Count);
        });

    private static Gen<object?> Json(int depth)
    {
        var leaf = Gen.OneOf(Unicode.Select(text => (object?)text), Gen.Long.Select(number => (object?)number), Gen.Double[-1e9, 1e9].Select(number => (object?)number), Gen.Bool.Select(flag => (object?)flag), Gen.Const((object?)null));
        if (depth == 0) return leaf;
        var inner = Json(depth - 1);
        return Gen.OneOf(leaf, inner.Array[0, 4].Select(items => (object?)items), Gen.Dictionary(Unicode, inner)[0, 4].Select(members => (object?)members));
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }
        return true;
    }
}
