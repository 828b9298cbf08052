using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers.Pipeline;

/// <summary>Small files that would take much time or memory, and end with a message instead.</summary>
public sealed class HostileTokenizerTests
{
    private const string Doubling = """{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}""";

    [Fact]
    public void A_normalizer_that_doubles_again_and_again_is_stopped()
    {
        var tokenizer = Load($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{Times(Doubling + ", ", 60)}} {"type": "NFC"}]}, {{Model}}}""");
        Assert.Equal("tokenizer.json: normalizer makes 131072 characters of 1; the file is damaged or means harm, download it again",
            Assert.Throws<ArtifactException>(() => tokenizer.Encode("a")).Message);
    }

    [Fact]
    public void A_decoder_that_doubles_again_and_again_is_stopped()
    {
        var tokenizer = Load($$"""{"decoder": {"type": "Sequence", "decoders": [{{Times(Doubling + ", ", 60)}} {"type": "Fuse"}]}, {{Model}}}""");
        Assert.StartsWith("tokenizer.json: decoder makes 131072 characters of 1;", Assert.Throws<ArtifactException>(() => tokenizer.Decode([0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pre_tokenizer_that_writes_the_bytes_of_bytes_is_stopped()
    {
        const string Bytes = """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""";
        var tokenizer = Load($$"""{"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{{Times(Bytes + ", ", 40)}} {{Bytes}}]}, {{Model}}}""");
        Assert.StartsWith("tokenizer.json: pre_tokenizer makes ", Assert.Throws<ArtifactException>(() => tokenizer.Encode("\u00E9")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_put_in_everywhere_must_be_short()
        => Assert.Equal("fuzz/tokenizer.json: normalizer.content: has 100000 characters, expected at most 64",
            Refused($$"""{"normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": "{{Times("b", 100_000)}}"}, {{Model}}}"""));

    [Fact]
    public void An_added_token_must_not_be_a_whole_text()
        => Assert.Equal("fuzz/tokenizer.json: added_tokens[0].content: the added token has 100000 characters, expected at most 1000",
            Refused($$"""{"added_tokens": [{"id": 1, "content": "{{Times("a", 100_000)}}"}], {{Model}}}"""));

    [Fact]
    public void A_template_must_not_put_a_million_ids_around_a_text()
    {
        var step = """{"SpecialToken": {"id": "x", "type_id": 0}}, """;
        Assert.Equal("fuzz/tokenizer.json: post_processor.single[1]: the template puts more than 1000 ids around a text", Refused(
            $$$$"""{"post_processor": {"type": "TemplateProcessing", "single": [{{{{Times(step, 500)}}}} {"Sequence": {"id": "A"}}], "special_tokens": {"x": {"ids": [{{{{Times("0, ", 900)}}}} 0]}}}, {{{{Model}}}} }"""));
    }

    [Fact]
    public void A_piece_must_not_be_a_whole_text()
    {
        var model = SentencePieceFile.Tiny().Add(Times("a", 100_000), -100, SentencePieceFile.Normal).Write();
        Assert.Equal("m: piece 284 has 100000 characters, expected at most 1000; use the tokenizer.json of the same model", Assert.Throws<ArtifactException>(() => SentencePieceModel.Parse(model, "m")).Message);
    }

    [Fact]
    public void A_small_file_with_half_a_surrogate_pair_is_refused_by_its_name()
    {
        var fault = Assert.Throws<ArtifactException>(() => SentencePieceConverter.ConvertFiles("here",
            name => name switch { "tokenizer.model" => SentencePieceFile.Tiny().Write(), "tokenizer_config.json" => Encoding.UTF8.GetBytes("""{"name": "\ud800"}"""), _ => null }, legacy: null));
        Assert.Equal($"{Path.Combine("here", "tokenizer_config.json")}: name: holds half of a surrogate pair, expected Unicode text", fault.Message);
    }

    private const string Model = """ "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []} """;

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static ITokenizer Load(string json) => new TokenizerBundle("fuzz", Encoding.UTF8.GetBytes(json), null, null).Load();

    private static string Refused(string json) => Assert.Throws<ArtifactException>(() => Load(json)).Message;
}
