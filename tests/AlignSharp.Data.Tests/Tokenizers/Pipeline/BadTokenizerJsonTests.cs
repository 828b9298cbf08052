using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Data.Tokenizers.Pipeline;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers.Pipeline;

public sealed class BadTokenizerJsonTests
{
    [Theory]
    [InlineData("model", """{"type": "Unigram"}""", "\"Unigram\" is not supported")]
    [InlineData("model", """{"type": "WordPiece"}""", "\"WordPiece\" is not supported")]
    [InlineData("model", """{"dropout": 0.1}""", "dropout")]
    [InlineData("model", """{"end_of_word_suffix": "</w>"}""", "end_of_word_suffix")]
    [InlineData("model", """{"merges": ["a x"]}""", "needs \"x\"")]
    [InlineData("model", """{"merges": ["b a"]}""", "needs \"ba\"")]
    [InlineData("model", """{"merges": ["a b c"]}""", "expected two tokens")]
    [InlineData("model", """{"merges": [["a"]]}""", "model.merges[0]")]
    [InlineData("model", """{"merges": 3}""", "model.merges: found Number")]
    [InlineData("model", """{"vocab": {"a": 1, "b": 1}, "merges": [], "unk_token": null}""", "id 1 belongs to both \"a\" and \"b\"")]
    [InlineData("model", """{"vocab": {"a": 2000000000}, "merges": []}""", "has id 2000000000")]
    [InlineData("model", """{"vocab": {"a": -1}, "merges": []}""", "has id -1")]
    [InlineData("model", """{"vocab": {"a": "x"}, "merges": []}""", "expected an integer")]
    [InlineData("model", """{"unk_token": "<none>"}""", "\"<none>\" is not in the vocabulary")]
    [InlineData("model", """{"fuse_unk": "yes"}""", "model.fuse_unk")]
    [InlineData("normalizer", """{"type": "Precompiled"}""", "normalizer \"Precompiled\" is not supported")]
    [InlineData("normalizer", """{}""", "\"type\" is missing")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "\"UnicodeScripts\" is not supported")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}""", "\"(a\" is not supported")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "[a-z&&[^b]]"}, "behavior": "Isolated"}""", "&&")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Thrown"}""", "\"Thrown\"")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "prepend_scheme": "last"}""", "\"last\"")]
    [InlineData("post_processor", """{"type": "Other"}""", "\"Other\" is not supported")]
    [InlineData("post_processor", """{"type": "RobertaProcessing", "sep": ["c", 99], "cls": ["a", 1]}""", "id 99")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [], "special_tokens": {}}""", "holds it 0 times")]
    [InlineData("decoder", """{"type": "WordPiece"}""", "decoder \"WordPiece\" is not supported")]
    [InlineData("decoder", """{"type": "Strip", "content": "ab", "start": 1, "stop": 0}""", "one character")]
    [InlineData("added_tokens", """[{"id": 1, "content": "[x]"}]""", "id 1 belongs to both")]
    [InlineData("added_tokens", """[{"id": 13, "content": "a"}]""", "id 13 here and 1")]
    [InlineData("added_tokens", """[{"id": 13, "content": "[x]"}, {"id": 14, "content": "[x]"}]""", "added twice")]
    [InlineData("added_tokens", """[{"id": -5, "content": "[x]"}]""", "id -5")]
    public void A_wrong_part_is_named(string part, string json, string expected) => Refused(part switch
    {
        "model" => TinyTokenizerJson.Create(model: json),
        "normalizer" => TinyTokenizerJson.Create(normalizer: json),
        "pre_tokenizer" => TinyTokenizerJson.Create(preTokenizer: json),
        "post_processor" => TinyTokenizerJson.Create(postProcessor: json),
        "decoder" => TinyTokenizerJson.Create(decoder: json),
        _ => TinyTokenizerJson.Create(addedTokens: json),
    }, expected);

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{}", "\"model\" is missing")]
    [InlineData("""{"model": {}}""", "\"unnamed\" is not supported")]
    [InlineData("""{"model": 3}""", "model: found Number")]
    [InlineData("""{"model": {"merges": []}}""", "\"vocab\" is missing")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 1, "a": 2}, "merges": []}}""", "not valid JSON")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"\ud800": 1}, "merges": []}}""", "surrogate")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 1}, "merges": ["\ud800 a"]}}""", "surrogate")]
    public void A_wrong_file_is_refused(string json, string expected)
    {
        var error = Assert.Throws<ArtifactException>(() => TinyTokenizerJson.Load(json));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Deep_nesting_and_bad_UTF8_are_refused()
    {
        Assert.Throws<ArtifactException>(() => TinyTokenizerJson.Load(new string('[', 10_000)));
        Assert.Contains("UTF-8", Assert.Throws<ArtifactException>(() => ArtifactJson.Parse("{\"a\": \"\xFF\"}"u8.ToArray().Append((byte)0xFF).ToArray(), "x.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
        => Assert.Equal("1", ArtifactJson.Parse(Encoding.UTF8.GetPreamble().Concat("{\"a\": 1}"u8.ToArray()).ToArray(), "x.json").Required("a").Element.GetRawText());

    [Fact]
    public void Any_change_of_bytes_gives_a_tokenizer_or_our_own_fault()
    {
        var whole = Encoding.UTF8.GetBytes(TinyTokenizerJson.Create(preTokenizer: """{"type": "ByteLevel"}""", decoder: """{"type": "ByteLevel"}""").ToJsonString());
        var random = new Random(11);
        for (var round = 0; round < 1_000; round++)
        {
            var bytes = whole.ToArray();
            for (var i = 0; i < 3; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            var error = Record.Exception(() => new TokenizerBundle("changed", bytes, null, null).Load().Encode("abc a"));
            Assert.True(error is null or ArtifactException, error?.ToString());
        }
    }

    [Fact]
    public void A_special_token_that_no_vocabulary_has_is_refused()
    {
        var error = Assert.Throws<ArtifactException>(() => TinyTokenizerJson.Load(TinyTokenizerJson.Create(), """{"pad_token": "<pad>"}"""));
        Assert.Contains("\"<pad>\"", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArtifactException>(() => TinyTokenizerJson.Load(TinyTokenizerJson.Create(), """{"tokenizer_class": "LlamaTokenizer", "add_bos_token": true}"""));
    }

    [Fact]
    public void A_pattern_that_takes_for_ever_is_stopped()
    {
        var regex = new CodePointRegex("(a+)+b", "tokenizer.json: pre_tokenizer", TimeSpan.FromMilliseconds(50));
        var error = Assert.Throws<ArtifactException>(() => regex.Matches(new string('a', 60), []));
        Assert.Contains("took longer than 0.05 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_POSIX_class_is_refused_and_a_class_that_begins_with_a_colon_is_not()
    {
        Assert.Contains("POSIX", Assert.Throws<ArtifactException>(() => new CodePointRegex("[[:alpha:]]+", "x")).Message, StringComparison.Ordinal);
        var matches = new List<Range>();
        new CodePointRegex("[:;]+", "x").Matches("a:;b", matches);
        Assert.Equal([1..3], matches);
    }

    [Fact]
    public void Normalisation_that_does_nothing_is_refused_with_the_remedy()
    {
        var error = Assert.Throws<ArtifactException>(() => UnicodeNormalizer.RequireNormalization(text => text, ArtifactJson.Parse("{}"u8.ToArray(), "tokenizer.json")));
        Assert.Contains("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", error.Message, StringComparison.Ordinal);
    }

    private static void Refused(System.Text.Json.Nodes.JsonObject json, string expected)
    {
        var error = Assert.Throws<ArtifactException>(() => TinyTokenizerJson.Load(json));
        Assert.Contains("tokenizer.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
