using System.Text.Json;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

public sealed class TokenizeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama3")]
    [InlineData("qwen2")]
    public void Ids_and_texts_equal_the_golden_ones(string name)
    {
        var tokenizer = Tokenizer(name);
        var golden = Golden.Path($"text/bpe_{name}.jsonl");
        var rows = File.ReadLines(golden).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var encoded = CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--no_special_tokens", golden).Lines;
        var decoded = CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--decode", golden).Lines;
        var skipped = CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--decode", "--skip_special_tokens", golden).Lines;
        Assert.Equal((rows.Count, rows.Count, rows.Count), (encoded.Count, decoded.Count, skipped.Count));
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Equal(Ids(rows[i]), Ids(encoded[i]));
            Assert.Equal(rows[i].GetProperty("decoded").GetString(), decoded[i].GetProperty("text").GetString());
            Assert.Equal(rows[i].GetProperty("decoded_skip_special").GetString(), skipped[i].GetProperty("text").GetString());
        }
    }

    [Fact]
    public void A_converted_Llama_2_tokenizer_gives_the_golden_ids()
    {
        if (Golden.ThirdParty("llama2/tokenizer.model") is not { } model) { Assert.Skip("Llama 2's tokenizer.model is not here."); return; }
        var source = Path.Combine(_folder.Path, "llama2");
        Directory.CreateDirectory(source);
        File.Copy(model, Path.Combine(source, "tokenizer.model"));
        var golden = Golden.Path("text/llama2_tokenizer_json.jsonl");
        foreach (var (legacy, field) in new[] { ("true", "legacy"), ("false", "first") })
        {
            var target = Path.Combine(_folder.Path, field);
            Assert.Equal(0, CommandRun.Of("tokenizer", "convert", "--tokenizer", source, "--output", target, "--legacy", legacy).Code);
            var lines = CommandRun.Of("tokenize", "--tokenizer", target, golden).Lines;
            foreach (var (line, row) in lines.Zip(File.ReadLines(golden), (line, row) => (line, JsonDocument.Parse(row).RootElement)))
                Assert.Equal(Ids(row, field), Ids(line));
        }
    }

    [Fact]
    public async Task It_runs_as_a_process()
    {
        var file = _folder.Write("texts.jsonl", "{\"text\": \"Grüße, \\ud83d\\ude00!\"}\n");
        var encoded = await AlignCommand.Run(["tokenize", "--tokenizer", Tokenizer("llama3"), file]);
        Assert.Equal((0, ""), (encoded.ExitCode, encoded.Errors));
        var decoded = await AlignCommand.Run(["tokenize", "--tokenizer", Tokenizer("llama3"), "--decode", _folder.Write("ids.jsonl", encoded.Output)]);
        Assert.Equal("Grüße, \U0001F600!", JsonDocument.Parse(decoded.Output).RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("[1, 99999999]", 3, "ids.jsonl:1: field 'ids' has the id 99999999, which the tokenizer's vocabulary lacks")]
    [InlineData("[1, -1]", 3, "ids.jsonl:1: field 'ids' has -1 at index 1")]
    [InlineData("\"1\"", 3, "ids.jsonl:1: field 'ids' is text, expected a list of integers")]
    public void Bad_ids_are_code_3(string ids, int code, string words) =>
        CommandRun.Of("tokenize", "--tokenizer", Tokenizer("gpt2"), "--decode", _folder.Write("ids.jsonl", $"{{\"ids\": {ids}}}\n")).AssertFault(code, words);

    [Fact]
    public void Bad_calls_are_one_line_with_their_code()
    {
        var (tokenizer, file) = (Tokenizer("gpt2"), _folder.Write("t.jsonl", "{\"text\": \"a\"}\n"));
        CommandRun.Of("tokenize", "--tokenizer", _folder.Path, file).AssertFault(2, "holds neither tokenizer.json nor tokenizer.model");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, "absent.jsonl").AssertFault(2, "absent.jsonl: no such data file");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--decode", file).AssertFault(3, "t.jsonl:1: the row has the fields [text], expected token ids: ids");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, _folder.Write("bad.jsonl", "{\"text\": 1")).AssertFault(3, "bad.jsonl:1: the last line");
        CommandRun.Of("tokenize", "--tokeniser", tokenizer, file).AssertFault(2, "option --tokeniser is not known; did you mean --tokenizer?");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--no-special-token", file).AssertFault(2, "did you mean --no_special_tokens?");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, file, "more").AssertFault(2, "more");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer).AssertFault(2, "FILE");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--decode", "--no_special_tokens", file).AssertFault(2, "--skip_special_tokens");
        CommandRun.Of("tokenize", "--tokenizer", tokenizer, "--skip_special_tokens", file).AssertFault(2, "--no_special_tokens");
        CommandRun.Of("tokenizer", "convert", "--tokenizer", tokenizer, "--output", Path.Combine(_folder.Path, "out")).AssertFault(2, "holds no tokenizer.model");
        CommandRun.Of("tokenizer", "convert", "--tokenizer", tokenizer, "--output", "out", "--legacy", "maybe").AssertFault(2, "option --legacy: maybe is not known; expected true, false");
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "out")));
    }

    private string Tokenizer(string name)
    {
        var folder = Path.Combine(_folder.Path, name);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            File.Copy(Golden.Path($"text/bpe_{name}.tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        }
        return folder;
    }

    private static int[] Ids(JsonElement row, string field = "ids") => [.. row.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())];
}
