using AlignSharp.Data.Tokenizers;
using AlignSharp.Generation;
using Xunit;

namespace AlignSharp.Tests.Generation;

public class CompletionTextTests
{
    // No merges: each byte is a token, so every longer string spans tokens.
    private static readonly ITokenizer Tokenizer = BpeTrainer.Train(["x"], new BpeTrainerOptions { VocabularySize = 258 }).Load();

    [Theory]
    [InlineData("one two three", "two", "one ")]
    [InlineData("aab", "ab", "a")]
    [InlineData("question: END", "END", "question: ")]
    [InlineData("no such thing", "END", "no such thing")]
    [InlineData("ends in EN", "END", "ends in EN")]
    [InlineData("Grüße 😀!", "😀", "Grüße ")]
    [InlineData("stop at once", "stop", "")]
    public void A_stop_string_that_spans_tokens_cuts_the_text_where_it_begins(string written, string stop, string expected)
    {
        var text = new CompletionText(Tokenizer, [], [stop, "never there"]);
        var shown = string.Concat(Tokenizer.Encode(written, addSpecialTokens: false).Select(text.Push)) + text.Finish();
        Assert.Equal(expected, text.Text);
        Assert.Equal(expected, shown);
        Assert.Equal(expected != written, text.IsStopped);
    }

    [Fact]
    public void What_may_become_a_stop_string_is_held_back()
    {
        var text = new CompletionText(Tokenizer, [], ["END"]);
        Assert.Equal(["a", "", "", "ENb"], Tokenizer.Encode("aENb", addSpecialTokens: false).Select(text.Push));
    }

    [Fact]
    public void The_earliest_of_several_stop_strings_counts()
    {
        var text = new CompletionText(Tokenizer, [], ["cd", "bcd"]);
        foreach (var id in Tokenizer.Encode("abcd", addSpecialTokens: false)) text.Push(id);
        Assert.Equal("a", text.Text);
    }

    [Fact]
    public void Neither_the_prompt_nor_special_tokens_nor_ids_without_text_are_part_of_it()
    {
        var text = new CompletionText(Tokenizer, Tokenizer.Encode("END of prompt"), ["END"]);
        foreach (var id in (int[])[.. Tokenizer.Encode(" a", addSpecialTokens: false), Tokenizer.Special.Eos!.Id, 99999, .. Tokenizer.Encode("b", addSpecialTokens: false)]) text.Push(id);
        text.Finish();
        Assert.Equal(" ab", text.Text);
        Assert.False(text.IsStopped);
    }

    [Fact]
    public void A_character_that_stays_incomplete_shows_at_the_end()
    {
        var text = new CompletionText(Tokenizer, [], []);
        var shown = string.Concat(Tokenizer.Encode("a😀", addSpecialTokens: false)[..^1].Select(text.Push));
        Assert.Equal("a", shown);
        Assert.Equal('\uFFFD', text.Finish()[0]);
    }
}
