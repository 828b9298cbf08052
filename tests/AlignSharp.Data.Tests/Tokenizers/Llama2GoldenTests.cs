using System.Text.Json;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers;

/// <summary>Needs Llama 2's own tokenizer.model, whose licence keeps it out of the repository.</summary>
public sealed class Llama2GoldenTests
{
    private const string Absent = "shared/third-party is not there: Llama 2's tokenizer.model is needed";

    // Converted once: three tests use it.
    private static readonly Lazy<TokenizerBundle> Converted = new(() => SentencePieceConverter.Convert(SentencePieceModel.Load(ModelPath)));

    private static string ModelPath
    {
        get
        {
            var path = Golden.ThirdParty("llama2/tokenizer.model");
            Assert.SkipWhen(path is null, Absent);
            return path!;
        }
    }

    [Fact]
    public void Encoding_and_decoding_equal_sentencepiece()
    {
        var model = SentencePieceModel.Load(ModelPath);
        var rows = 0;
        foreach (var row in GoldenLines.Read("text/llama2_sp.jsonl"))
        {
            var ids = GoldenLines.Ids(row, "ids");
            Assert.Equal(ids, model.Encode(GoldenLines.Text(row, "text")));
            Assert.Equal(GoldenLines.Text(row, "decoded"), model.Decode(ids));
            rows++;
        }
        Assert.Equal(624, rows);
    }

    [Fact]
    public void Decoding_random_ids_equals_sentencepiece()
    {
        var model = SentencePieceModel.Load(ModelPath);
        foreach (var row in GoldenLines.Read("text/llama2_sp_decode.jsonl"))
            Assert.Equal(GoldenLines.Text(row, "decoded"), model.Decode(GoldenLines.Ids(row, "ids")));
    }

    [Theory]
    [InlineData("legacy", true)]
    [InlineData("first", false)]
    public void A_folder_with_the_model_alone_and_its_conversion_equal_the_golden_ids(string form, bool legacy)
    {
        using var source = new TemporaryFolder();
        using var output = new TemporaryFolder();
        File.Copy(ModelPath, Path.Combine(source.Path, "tokenizer.model"));
        source.Write("tokenizer_config.json", $$"""{"legacy": {{(legacy ? "true" : "false")}}}""");
        SentencePieceConverter.Convert(source.Path, output.Path);
        var inMemory = TokenizerFolder.Load(source.Path);
        var converted = TokenizerFolder.Load(output.Path);
        foreach (var row in GoldenLines.Read("text/llama2_tokenizer_json.jsonl"))
        {
            Assert.Equal(GoldenLines.Ids(row, form), inMemory.Encode(GoldenLines.Text(row, "text")));
            Assert.Equal(GoldenLines.Ids(row, form), converted.Encode(GoldenLines.Text(row, "text")));
        }
    }

    [Fact]
    public void The_conversion_has_the_published_number_of_merges()
    {
        Assert.NotNull(ModelPath);
        using var output = new TemporaryFolder();
        Converted.Value.Save(output.Path);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output.Path, "tokenizer.json")));
        Assert.Equal(61_249, json.RootElement.GetProperty("model").GetProperty("merges").GetArrayLength());
    }

    [Fact]
    public void The_HF_baseline_is_met()
    {
        var path = Golden.ThirdParty("hf_llama2_baseline.json");
        Assert.SkipWhen(path is null, Absent);
        Assert.NotNull(ModelPath);
        var tokenizer = Converted.Value.Load();
        using var json = JsonDocument.Parse(File.ReadAllBytes(path!));
        var rows = 0;
        foreach (var row in json.RootElement.EnumerateObject().SelectMany(repository => repository.Value.EnumerateArray()))
        {
            var ids = GoldenLines.Ids(row.GetProperty("encoded"), "input_ids");
            Assert.Equal(ids, tokenizer.Encode(GoldenLines.Text(row, "input")));
            Assert.Equal(GoldenLines.Text(row, "decoded_with_special"), tokenizer.Decode(ids));
            Assert.Equal(GoldenLines.Text(row, "decoded_without_special"), tokenizer.Decode(ids, skipSpecialTokens: true));
            rows++;
        }
        Assert.Equal(18, rows);
    }

    [Fact]
    public void Special_tokens_in_the_text_follow_the_legacy_flag()
    {
        var model = SentencePieceModel.Load(ModelPath);
        Assert.Equal([15043, 29871, 1, 869, 2], Converted.Value.Load().Encode("Hello <s>.</s>", addSpecialTokens: false));
        Assert.Equal([15043, 29871, 1, 29889, 2], SentencePieceConverter.Convert(model, legacy: false).Load().Encode("Hello <s>.</s>", addSpecialTokens: false));
    }
}
