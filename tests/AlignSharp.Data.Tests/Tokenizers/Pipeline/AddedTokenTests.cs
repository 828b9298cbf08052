using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers.Pipeline;

public sealed class AddedTokenTests
{
    [Theory]
    [InlineData("", "a[x]b", "a|[x]|b")]
    [InlineData("", " [x] ", " |[x]| ")]
    [InlineData("\"lstrip\": true,", "a  [x] ", "a|[x]| ")]
    [InlineData("\"rstrip\": true,", "a [x]  b", "a| |[x]|b")]
    [InlineData("\"lstrip\": true, \"rstrip\": true,", "  [x]  [x]  ", "[x]|[x]")]
    public void Flags_decide_what_belongs_to_the_token(string flags, string text, string expected)
        => Assert.Equal(expected, TinyTokenizerJson.Tokens(With($$"""[{"id": 13, "content": "[x]", {{flags}} "special": true}]"""), text));

    [Theory]
    [InlineData("cab ca", "c|ab| |ca")]
    [InlineData("ca!", "ca|!")]
    [InlineData("aca", "a|c|a")]
    [InlineData("ca\u0301", "c|a|?")]
    [InlineData("\U00010400ca", "?|c|a")]
    public void A_single_word_token_stands_between_non_word_characters(string text, string expected)
        => Assert.Equal(expected, TinyTokenizerJson.Tokens(With("""[{"id": 13, "content": "ca", "single_word": true, "normalized": false, "special": false}]"""), text));

    [Fact]
    public void The_longest_of_the_tokens_that_begin_at_a_place_wins()
        => Assert.Equal("[xy]|[x|a", TinyTokenizerJson.Tokens(With("""[{"id": 13, "content": "[x", "special": true}, {"id": 14, "content": "[xy]", "special": true}]"""), "[xy][xa"));

    [Fact]
    public void Raw_tokens_are_found_before_normalising_and_normalised_ones_after()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(normalizer: """{"type": "Lowercase"}""",
            addedTokens: """[{"id": 13, "content": "CC", "normalized": false, "special": false}, {"id": 14, "content": "BB", "normalized": true, "special": false}]"""));
        Assert.Equal("CC|c|c|BB|BB|a", TinyTokenizerJson.Tokens(tokenizer, "CCccBBbbA"));
    }

    [Fact]
    public void Only_special_tokens_are_left_out_of_the_text()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(decoder: """{"type": "Fuse"}""",
            addedTokens: """[{"id": 13, "content": "[s]", "special": true}, {"id": 14, "content": "[p]", "special": false, "normalized": false}]"""));
        Assert.Equal("[s]a[p]", tokenizer.Decode([13, 1, 14]));
        Assert.Equal("a[p]", tokenizer.Decode([13, 1, 14], skipSpecialTokens: true));
    }

    [Fact]
    public void A_token_behind_a_gap_of_ids_counts_and_the_gap_cannot_be_decoded()
    {
        var tokenizer = With("""[{"id": 20, "content": "[x]", "special": true}]""");
        Assert.Equal(21, tokenizer.VocabularySize);
        Assert.Equal([20], tokenizer.Encode("[x]"));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([21]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
    }

    [Fact]
    public void Tokenizer_config_adds_tokens_and_names_roles()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(), """
            {"added_tokens_decoder": {"13": {"content": "<pad>", "special": true}}, "pad_token": {"content": "<pad>"}, "eos_token": "!", "unk_token": "?", "bos_token": null}
            """);
        Assert.Equal(new SpecialTokens(null, new SpecialToken("!", 12), new SpecialToken("?", 0), new SpecialToken("<pad>", 13)), tokenizer.Special);
        Assert.Equal([1, 13, 12], tokenizer.Encode("a<pad>!"));
        Assert.Equal("a", tokenizer.Decode([1, 13, 12], skipSpecialTokens: true));
    }

    private static ITokenizer With(string addedTokens) => TinyTokenizerJson.Load(TinyTokenizerJson.Create(addedTokens: addedTokens));
}
