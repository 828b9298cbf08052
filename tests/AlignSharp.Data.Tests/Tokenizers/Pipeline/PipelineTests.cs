using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers.Pipeline;

public sealed class PipelineTests
{
    private const string Metaspace = """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}""";

    [Fact]
    public void Merges_go_by_rank_whatever_their_written_form()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        Assert.Equal("abc|c|a|a", TinyTokenizerJson.Tokens(tokenizer, "abccaa"));
        Assert.Equal("ab|bc", TinyTokenizerJson.Tokens(tokenizer, "abbc"));
        Assert.Equal(13, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("{}", "?|?|a")]
    [InlineData("""{"fuse_unk": true}""", "?|a")]
    [InlineData("""{"unk_token": null}""", "a")]
    public void Unknown_characters_follow_the_model(string model, string expected)
        => Assert.Equal(expected, TinyTokenizerJson.Tokens(TinyTokenizerJson.Load(TinyTokenizerJson.Create(model: model)), "xya"));

    [Fact]
    public void A_whole_word_of_the_vocabulary_is_taken_when_merges_are_ignored()
    {
        const string Merges = """{"ignore_merges": true, "merges": []}""";
        Assert.Equal("abc|a|?", TinyTokenizerJson.Tokens(TinyTokenizerJson.Load(TinyTokenizerJson.Create(
            preTokenizer: """{"type": "WhitespaceSplit"}""", model: Merges)), "abc ax"));
        Assert.Equal("a|b|c", TinyTokenizerJson.Tokens(TinyTokenizerJson.Load(TinyTokenizerJson.Create(model: """{"merges": []}""")), "abc"));
    }

    [Theory]
    [InlineData("""{"type": "Prepend", "prepend": "a"}""", "b", "ab")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "x"}, "content": "a"}""", "xb", "ab")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "x+"}, "content": "a"}""", "xxxb", "ab")]
    [InlineData("""{"type": "NFC"}""", "e\u0301", "é")]
    [InlineData("""{"type": "NFKC"}""", "\uFF41", "a")]
    [InlineData("""{"type": "NFC"}""", "e\u0301\uFFFE", "é|?")]
    [InlineData("""{"type": "Lowercase"}""", "A", "a")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", " a ", "a| ")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}""", "\u00C1", "a")]
    public void Normalizers_change_the_text(string normalizer, string text, string expected)
        => Assert.Equal(expected, TinyTokenizerJson.Tokens(TinyTokenizerJson.Load(TinyTokenizerJson.Create(normalizer: normalizer)), text));

    [Theory]
    [InlineData(Metaspace, "ab c", "▁|ab|▁|c")]
    [InlineData(Metaspace, " ab", "▁|ab")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": false}""", "ab", "ab")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a11", "a|1|1")]
    [InlineData("""{"type": "Whitespace"}""", "a b!", "a|b|!")]
    [InlineData("""{"type": "Punctuation"}""", "a!b", "a|!|b")]
    [InlineData("""{"type": "Split", "pattern": {"String": "b"}, "behavior": "Isolated"}""", "abc", "a|b|c")]
    [InlineData("""{"type": "Split", "pattern": {"String": "b"}, "behavior": "Removed"}""", "abc", "a|c")]
    [InlineData("""{"type": "Split", "pattern": {"String": "b"}, "behavior": "MergedWithPrevious"}""", "abc", "ab|c")]
    [InlineData("""{"type": "Split", "pattern": {"String": "b"}, "behavior": "MergedWithNext"}""", "abc", "a|bc")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[ab]"}, "behavior": "Contiguous"}""", "abc", "ab|c")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[ab]+"}, "behavior": "Removed", "invert": true}""", "ab c ab", "ab|ab")]
    public void Pre_tokenizers_split_the_text(string preTokenizer, string text, string expected)
        => Assert.Equal(expected, TinyTokenizerJson.Tokens(TinyTokenizerJson.Load(TinyTokenizerJson.Create(preTokenizer: preTokenizer)), text));

    [Fact]
    public void A_letter_beyond_the_basic_plane_is_a_letter()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(
            preTokenizer: """{"type": "Split", "pattern": {"Regex": "\\p{L}+"}, "behavior": "Removed"}"""));
        Assert.Equal("1|!", TinyTokenizerJson.Tokens(tokenizer, "1\U00010400\U0001D400a!"));
    }

    [Theory]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "!", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {"!": {"id": "!", "ids": [12], "tokens": ["!"]}}}""", "!|a")]
    [InlineData("""{"type": "RobertaProcessing", "sep": ["c", 3], "cls": ["!", 12]}""", "!|a|c")]
    [InlineData("""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "BertProcessing", "sep": ["c", 3], "cls": ["!", 12]}]}""", "!|a|c")]
    public void Post_processors_put_tokens_around_the_text_when_asked(string postProcessor, string expected)
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(postProcessor: postProcessor));
        Assert.Equal(expected, TinyTokenizerJson.Tokens(tokenizer, "a", addSpecialTokens: true));
        Assert.Equal("a", TinyTokenizerJson.Tokens(tokenizer, "a"));
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "LlamaTokenizerFast", "bos_token": "!", "eos_token": {"content": "c"}, "add_bos_token": true, "add_eos_token": true}""", "!|a|c")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "bos_token": "!", "add_bos_token": false}""", "a")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "bos_token": "!"}""", "b|a")]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "!", "add_bos_token": false}""", "b|a")]
    public void The_flags_of_a_Llama_class_win_over_the_template(string config, string expected)
    {
        const string Template = """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "b", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {"b": {"id": "b", "ids": [2], "tokens": ["b"]}}}""";
        Assert.Equal(expected, TinyTokenizerJson.Tokens(TinyTokenizerJson.Load(TinyTokenizerJson.Create(postProcessor: Template), config), "a", addSpecialTokens: true));
    }

    [Theory]
    [InlineData(null, "a|▁|a")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}""", "a| |a")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", "a| |a")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "a", "start": 1, "stop": 1}]}""", "▁")]
    public void Decoders_turn_tokens_into_text(string? decoder, string expected)
        => Assert.Equal(expected.Replace("|", decoder is null ? " " : "", StringComparison.Ordinal), TinyTokenizerJson.Load(TinyTokenizerJson.Create(decoder: decoder)).Decode([1, 5, 1]));

    [Fact]
    public void A_run_of_byte_tokens_that_is_not_UTF8_becomes_one_mark_per_byte()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(decoder: """{"type": "ByteFallback"}""",
            model: """{"vocab": {"?": 0, "<0xC3>": 1, "<0xA9>": 2, "a": 3}, "merges": [], "byte_fallback": true}"""));
        Assert.Equal("éa", tokenizer.Decode([1, 2, 3]));
        Assert.Equal("\uFFFD\uFFFD\uFFFDa", tokenizer.Decode([1, 2, 1, 3]));
        Assert.Equal([1, 2], tokenizer.Encode("é"));
        Assert.Equal([0], tokenizer.Encode("è"));
    }

    [Fact]
    public void Byte_level_decoding_writes_one_mark_per_maximal_part()
    {
        var tokenizer = BpeTrainer.Train([], new BpeTrainerOptions { VocabularySize = 258 }).Load();
        int[] ids = [.. new byte[] { 0xF0, 0x9F, 0x98, 0x41, 0xFF }.Select(value => 2 + value)];
        Assert.Equal("\uFFFDA\uFFFD", tokenizer.Decode(ids));
    }

    [Fact]
    public void Random_texts_survive_byte_level_encoding()
    {
        var tokenizer = BpeTrainer.Train(RandomText.Strings(7, 200), new BpeTrainerOptions { VocabularySize = 400 }).Load();
        foreach (var text in RandomText.Strings(8, 1_000))
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false)));
    }

    [Fact]
    public void Lone_surrogates_count_as_replacement_characters()
    {
        var tokenizer = BpeTrainer.Train([], new BpeTrainerOptions { VocabularySize = 258 }).Load();
        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD😀"), tokenizer.Encode("a\uD83Db\uDE00😀"));
    }

    [Fact]
    public void Several_threads_get_the_same_ids()
    {
        var tokenizer = BpeTrainer.Train(RandomText.Strings(9, 100), new BpeTrainerOptions { VocabularySize = 300 }).Load();
        var texts = RandomText.Strings(10, 300).ToArray();
        var expected = texts.Select(text => tokenizer.Encode(text)).ToArray();
        var fresh = BpeTrainer.Train(RandomText.Strings(9, 100), new BpeTrainerOptions { VocabularySize = 300 }).Load();
        Parallel.For(0, 4 * texts.Length, i => Assert.Equal(expected[i % texts.Length], fresh.Encode(texts[i % texts.Length])));
    }

    [Fact]
    public void A_hundred_thousand_equal_letters_are_encoded_in_bounded_time()
    {
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(model: """{"vocab": {"?": 0, "a": 1, "aa": 2, "aaaa": 3}, "merges": ["a a", "aa aa"]}"""));
        Assert.Equal(25_001, tokenizer.Encode(new string('a', 100_001)).Length);
    }

    [Fact]
    public void A_very_long_run_of_combining_marks_is_normalised_in_bounded_time()
    {
        // Ordering them as one run is quadratic: half a minute for these. The first dot below composes with the b.
        var marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 150_000));
        var tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create(normalizer: """{"type": "NFC"}""", model: """{"fuse_unk": true}"""));
        Assert.Equal("a|?|a|é", TinyTokenizerJson.Tokens(tokenizer, "ab" + marks + "ae\u0301"));
    }
}
