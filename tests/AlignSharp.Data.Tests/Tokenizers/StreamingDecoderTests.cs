using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers;

public sealed class StreamingDecoderTests
{
    private static readonly ITokenizer ByteLevel = BpeTrainer.Train(["the cat and the hat"], new BpeTrainerOptions { VocabularySize = 265 }).Load();
    private static readonly ITokenizer Llama = SentencePieceConverter.Convert(SentencePieceModel.Parse(SentencePieceFile.Tiny().Write(), "tiny.model")).Load();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_parts_together_are_the_whole_text(bool byteLevel)
    {
        var tokenizer = byteLevel ? ByteLevel : Llama;
        foreach (var text in RandomText.Strings(seed: 5, count: 200).Append("  hello hello").Append("a\n\nb"))
            foreach (var skip in (bool[])[false, true])
            {
                var ids = tokenizer.Encode(text + "</s>");
                Assert.Equal(tokenizer.Decode(ids, skip), Streamed(tokenizer, ids, skip));
            }
    }

    [Fact]
    public void Any_bytes_of_a_byte_level_tokenizer_stream_to_the_whole_text()
    {
        var random = new Random(6);
        for (var round = 0; round < 300; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(ByteLevel.VocabularySize))];
            Assert.Equal(ByteLevel.Decode(ids), Streamed(ByteLevel, ids, skip: false));
        }
    }

    [Fact]
    public void An_incomplete_character_is_held_back_until_it_is_whole()
    {
        var decoder = new StreamingDecoder(ByteLevel);
        var parts = ByteLevel.Encode("é!", addSpecialTokens: false).Select(decoder.Push).ToArray();
        Assert.Equal(["", "é", "!"], parts);
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void What_stays_incomplete_comes_out_at_the_end_as_a_replacement_character()
    {
        var decoder = new StreamingDecoder(ByteLevel);
        Assert.Equal("", decoder.Push(ByteLevel.Encode("é", addSpecialTokens: false)[0]));
        Assert.Equal("\uFFFD", decoder.Flush());
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_refused_and_leaves_the_decoder_as_it_was()
    {
        var decoder = new StreamingDecoder(ByteLevel);
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Push(1_000_000));
        Assert.Equal("a", string.Concat(ByteLevel.Encode("a", addSpecialTokens: false).Select(decoder.Push)));
    }

    private static string Streamed(ITokenizer tokenizer, int[] ids, bool skip)
    {
        var decoder = new StreamingDecoder(tokenizer, skip);
        return string.Concat(ids.Select(decoder.Push)) + decoder.Flush();
    }
}
