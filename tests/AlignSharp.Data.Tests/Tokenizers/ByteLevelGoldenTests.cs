using AlignSharp.Data.Tokenizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers;

public sealed class ByteLevelGoldenTests
{
    [Theory]
    [InlineData("gpt2", 618)]
    [InlineData("llama3", 618)]
    [InlineData("qwen2", 618)]
    public void Ids_and_texts_equal_the_golden_ones(string name, int leastRows)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Golden.Path($"text/bpe_{name}.tokenizer.json"), Path.Combine(folder.Path, "tokenizer.json"));
        var tokenizer = TokenizerFolder.Load(folder.Path);
        var rows = 0;
        foreach (var row in GoldenLines.Read($"text/bpe_{name}.jsonl"))
        {
            var ids = GoldenLines.Ids(row, "ids");
            Assert.Equal(ids, tokenizer.Encode(GoldenLines.Text(row, "text"), addSpecialTokens: false));
            Assert.Equal(GoldenLines.Text(row, "decoded"), tokenizer.Decode(ids));
            Assert.Equal(GoldenLines.Text(row, "decoded_skip_special"), tokenizer.Decode(ids, skipSpecialTokens: true));
            rows++;
        }
        Assert.True(rows >= leastRows, $"{rows} rows");
    }
}
