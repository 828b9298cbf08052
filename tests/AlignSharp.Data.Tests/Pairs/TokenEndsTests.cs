using AlignSharp.Data.Pairs;
using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public class TokenEndsTests
{
    private static readonly ITokenizer Tokenizer = BpeTrainer.Train(["hello you, hello me; hello all of you"], new BpeTrainerOptions { VocabularySize = 270 }).Load();

    [Theory]
    [InlineData("hello you")]
    [InlineData("a\U0001F600b \u00e4\u00f6")]
    [InlineData("")]
    public void Ends_follow_the_text_and_a_token_inside_a_character_waits_for_its_end(string text)
    {
        var ids = Tokenizer.Encode(text, addSpecialTokens: false);
        var ends = TokenEnds.Of(Tokenizer, ids, text);
        Assert.NotNull(ends);
        Assert.Equal(ends.Order(), ends);
        Assert.Equal(text.Length, ends.LastOrDefault());
        // What is decoded up to a complete character is the text up to there.
        for (var token = 0; token < ids.Length; token++)
            if (!Tokenizer.Decode(ids.AsSpan(0, token + 1)).EndsWith('\uFFFD')) Assert.Equal(text[..ends[token]], Tokenizer.Decode(ids.AsSpan(0, token + 1)));
    }

    [Fact]
    public void Another_text_has_no_ends() => Assert.Null(TokenEnds.Of(Tokenizer, Tokenizer.Encode("hello", addSpecialTokens: false), "hollo"));
}
