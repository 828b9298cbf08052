using System.Text.Json;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

public sealed class GenerateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("trl/model_a")]
    [InlineData("trl/model_b")]
    public void Greedy_completions_of_ids_equal_those_of_transformers(string model)
    {
        var (row, golden) = Greedy(model);
        var run = CommandRun.Of("generate", "--model", Golden.Path(model), "--prompts", _folder.Write("p.jsonl", row), "--temperature", "0", "--dtype", "float32", "--max_new_tokens", "24", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var line = Assert.Single(run.Lines);
        Assert.Equal(golden, Ids(line, "completion_ids"));
        Assert.Equal(["prompt", "prompt_ids", "completion", "completion_ids", "finish_reason"], line.EnumerateObject().Select(p => p.Name));
        Assert.Equal(JsonValueKind.Null, line.GetProperty("completion").ValueKind); // no tokenizer there
        Assert.Equal(golden[^1] == 2 ? "stop" : "length", line.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task It_runs_as_a_process()
    {
        var (row, golden) = Greedy("trl/model_a");
        var result = await AlignCommand.Run(
            ["generate", "--model", Golden.Path("trl/model_a"), "--prompts", _folder.Write("p.jsonl", row), "--temperature=0", "--dtype=float32", "--max-new-tokens=24", "--json"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(golden, Ids(JsonDocument.Parse(result.Output).RootElement, "completion_ids"));
    }

    [Fact]
    public void A_plain_prompt_shows_the_text_that_json_gives()
    {
        var json = Text("--json").Lines[0];
        Assert.Equal("Hello", json.GetProperty("prompt").GetString());
        Assert.False(json.TryGetProperty("prompt_ids", out _));
        Assert.Equal(json.GetProperty("completion").GetString() + "\n", Text().Output);
    }

    [Fact]
    public void Completions_of_a_file_equal_those_of_single_prompts()
    {
        var file = _folder.Write("p.jsonl", "{\"prompt\": \"Hello\"}\n{\"prompt\": \"hello all of you\"}\n");
        var lines = CommandRun.Of("generate", "--model", TextModel.Create(_folder.Path), "--prompts", file, "--temperature", "0", "--max_new_tokens", "20", "--dtype", "float32", "--json").Lines;
        Assert.Equal(2, lines.Count);
        Assert.Equal(Ids(Text("--json").Lines[0], "completion_ids"), Ids(lines[0], "completion_ids"));
    }

    [Fact]
    public void A_stop_string_ends_the_completion_and_is_cut_off()
    {
        var whole = Text("--json").Lines[0].GetProperty("completion").GetString()!;
        var stop = whole[3..6];
        var line = Text("--json", "--stop", "never in it", "--stop", stop).Lines[0];
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], line.GetProperty("completion").GetString());
        Assert.Equal("stop", line.GetProperty("finish_reason").GetString());
        Assert.Equal(line.GetProperty("completion").GetString() + "\n", Text("--stop", stop).Output);
    }

    [Fact]
    public void Seeds_decide_the_draws_and_several_completions_differ()
    {
        var model = TextModel.Create(_folder.Path);
        string Draw(string seed) => CommandRun.Of("generate", "--model", model, "--prompt", "Hello", "--max_new_tokens", "12", "--num_return_sequences", "3", "--seed", seed, "--json").Output;
        Assert.Equal(Draw("1"), Draw("1"));
        Assert.NotEqual(Draw("1"), Draw("2"));
        Assert.Equal(3, Draw("1").Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    [Fact]
    public void The_models_own_generation_config_gives_the_defaults()
    {
        var model = TextModel.Create(_folder.Path, """{"do_sample": false, "max_new_tokens": 20, "_from_model_config": true}""");
        var byConfig = CommandRun.Of("generate", "--model", model, "--prompt", "Hello", "--dtype", "float32").Output;
        Assert.Equal(CommandRun.Of("generate", "--model", model, "--prompt", "Hello", "--dtype", "float32", "--temperature", "0", "--max_new_tokens", "20").Output, byConfig);
    }

    [Theory]
    [InlineData("{\"prompt_ids\": [1, 256]}", "p.jsonl:1: the prompt has the token id 256, but the model's vocabulary ends at 255")]
    [InlineData("{\"prompt_ids\": []}", "p.jsonl:1: the prompt has no tokens")]
    [InlineData("{\"text\": \"a\"}", "p.jsonl:1: the row has the fields [text], expected")]
    [InlineData("{\"prompt_ids\": [1}", "p.jsonl:1: the line is not valid JSON")]
    public void A_bad_prompt_of_a_file_is_code_3(string row, string words) =>
        CommandRun.Of("generate", "--model", Golden.Path("trl/model_a"), "--prompts", _folder.Write("p.jsonl", row), "--json").AssertFault(3, words);

    [Theory]
    [InlineData("--temperature=-1", "temperature is -1; expected")]
    [InlineData("--temperature=warm", "option --temperature: warm is not a number")]
    [InlineData("--top_p=0", "top_p is 0; expected")]
    [InlineData("--top-k=1.5", "option --top_k: 1.5 is not a whole number")]
    [InlineData("--repetition_penalty=0", "repetition_penalty is 0; expected")]
    [InlineData("--max_new_tokens=0", "max_new_tokens is 0; expected")]
    [InlineData("--num_return_sequences=0", "num_return_sequences is 0; expected")]
    [InlineData("--stop=", "--stop")]
    [InlineData("--prompts=x.jsonl", "give either --prompt TEXT or --prompts FILE")]
    [InlineData("--temprature=1", "option --temprature is not known; did you mean --temperature?")]
    public void A_bad_option_is_one_line_and_code_2(string option, string words) =>
        CommandRun.Of("generate", "--model", TextModel.Create(_folder.Path), "--prompt", "Hello", option).AssertFault(2, words);

    [Fact]
    public void Bad_calls_are_one_line_with_their_code()
    {
        var model = TextModel.Create(_folder.Path);
        CommandRun.Of("generate", "--model", model).AssertFault(2, "give either --prompt TEXT or --prompts FILE");
        CommandRun.Of("generate", "--model", Golden.Path("trl/model_a"), "--prompt", "a").AssertFault(2, "holds neither tokenizer.json nor tokenizer.model");
        CommandRun.Of("generate", "--model", model, "--prompt", new string('?', 100)).AssertFault(2, "prompt: the prompt has 101 tokens, but the model's context of 64");
        CommandRun.Of("generate", "--model", model, "--prompt", "a", "--temperature", "0", "--num_return_sequences", "2").AssertFault(2, "greedy completions would all be equal");
        CommandRun.Of(["generate", "--model", model, "--prompt", "a"], new CancellationToken(canceled: true)).AssertFault(75, "align: interrupted");
    }

    private CommandRun Text(params string[] more) =>
        CommandRun.Of(["generate", "--model", TextModel.Create(_folder.Path), "--prompt", "Hello", "--temperature", "0", "--max_new_tokens", "20", "--dtype", "float32", .. more]);

    private static (string Row, int[] Completion) Greedy(string model)
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Golden.Path($"{model}/cases.json")));
        var golden = cases.RootElement.GetProperty("greedy");
        var prompt = Ids(golden, "prompt");
        return ($"{{\"prompt_ids\": [{string.Join(',', prompt)}]}}", Ids(golden, "output")[prompt.Length..]);
    }

    private static int[] Ids(JsonElement row, string field) => [.. row.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())];
}
