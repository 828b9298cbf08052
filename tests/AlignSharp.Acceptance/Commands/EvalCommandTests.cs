using System.Text.Json;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

public sealed class EvalCommandTests : IDisposable
{
    private static readonly string[] OfPairs =
        ["loss", "rewards/chosen", "rewards/rejected", "rewards/accuracies", "rewards/margins", "logps/chosen", "logps/rejected"];

    private static readonly string Model = Golden.Path("trl/model_a");
    private static readonly string Adapter = Golden.Path("trl/dpo_preinit/adapter_init");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Against_the_base_it_gives_the_metrics_of_TRLs_first_step()
    {
        // TRL 0.13 compares a loaded adapter with its base, and the rate of the first update is 0: two micro-batches of four pairs.
        var found = Eval("--adapter", Adapter, FirstPairs(8));
        AssertStep(FirstStep("trl/dpo_preinit/trajectory_trl_v0.13.0.json"), found);
        Assert.Equal(8, found.GetProperty("rows").GetInt32());
        Assert.Contains("(adapter off)", found.GetProperty("reference").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--reference", "base")]
    [InlineData("--reference", "trl/model_a")]
    public void The_base_may_be_named(string option, string value)
    {
        var found = Eval("--adapter", Adapter, option, value == "base" ? value : Golden.Path(value), FirstPairs(8));
        AssertStep(FirstStep("trl/dpo_preinit/trajectory_trl_v0.13.0.json"), found);
    }

    [Fact]
    public void An_adapter_compared_with_itself_has_no_rewards()
    {
        // TRL 1.9 compares a loaded adapter with a frozen copy of itself.
        var step = FirstStep("trl/dpo_preinit/trajectory_trl_v1.9.0.json");
        AssertStep(step, Eval("--adapter", Adapter, "--reference_adapter", Adapter, FirstPairs(8)));
        AssertStep(step, Eval("--adapter", Adapter, "--reference", Model, "--reference_adapter", Adapter, FirstPairs(8)));
    }

    [Fact]
    public void Without_a_reference_rewards_are_beta_times_the_sums_of_align_score()
    {
        var file = Golden.Path("trl/dpo_lora/pairs.json");
        var (found, scored) = (Eval("--beta", "0.25", file), CommandRun.Of("score", "--model", Model, file).Lines);
        Assert.Equal("none", found.GetProperty("reference").GetString());
        foreach (var side in new[] { "chosen", "rejected" })
        {
            double Sum(JsonElement line) => line.GetProperty(side).GetProperty("sum").GetDouble();
            Assert.Equal(scored.Average(Sum), Number(found, $"logps/{side}"), 1e-4);
            Assert.Equal(0.25 * scored.Average(Sum), Number(found, $"rewards/{side}"), 1e-4);
            Assert.Equal(Math.Exp(-scored.Sum(Sum) / scored.Sum(line => line.GetProperty(side).GetProperty("tokens").GetInt32())), Number(found, $"perplexity/{side}"), 1e-2);
        }
        double Margin(JsonElement line) => line.GetProperty("chosen").GetProperty("sum").GetDouble() - line.GetProperty("rejected").GetProperty("sum").GetDouble();
        Assert.Equal(scored.Average(line => Math.Log(1 + Math.Exp(-0.25 * Margin(line)))), Number(found, "loss"), 1e-5);
        Assert.Equal(scored.Average(line => Margin(line) > 0 ? 1.0 : 0), Number(found, "rewards/accuracies"), 1e-9);
    }

    [Fact]
    public void Loss_and_perplexity_of_texts_are_those_of_all_scored_tokens()
    {
        var file = _folder.Write("rows.jsonl", "{\"input_ids\": [1, 7, 9, 30, 12, 5]}\n{\"input_ids\": [1, 7, 9, 30], \"labels\": [-100, -100, -100, 30]}\n");
        var (found, scored) = (Eval(file), CommandRun.Of("score", "--model", Model, file).Lines);
        var loss = -scored.Sum(line => line.GetProperty("sum").GetDouble()) / 6;
        Assert.Equal(6, found.GetProperty("tokens").GetInt32());
        Assert.Equal(loss, Number(found, "loss"), 1e-5);
        Assert.Equal(Math.Exp(loss), Number(found, "perplexity"), 1e-2);
        Assert.False(found.TryGetProperty("reference", out _));
    }

    [Theory]
    [InlineData("trl/dpo_lora/pairs.json")]
    [InlineData("trl/sft_lora/rows.json")]
    public void Figures_do_not_depend_on_the_batch_size(string file)
    {
        var whole = Eval("--adapter", Adapter, "--batch_size", "64", Golden.Path(file));
        foreach (var size in new[] { "1", "3" })
        {
            var parts = Eval("--adapter", Adapter, "--batch_size", size, Golden.Path(file));
            foreach (var figure in whole.EnumerateObject().Where(figure => figure.Value.ValueKind == JsonValueKind.Number))
                Assert.Equal(figure.Value.GetDouble(), Number(parts, figure.Name), 1e-5 * Math.Max(1, Math.Abs(figure.Value.GetDouble())));
        }
    }

    [Fact]
    public void Texts_and_completions_end_as_in_training()
    {
        var model = TextModel.Create(_folder.Path);
        JsonElement Of(string row) => Assert.Single(CommandRun.Of("eval", "--model", model, "--json", _folder.Write("t.jsonl", row)).Lines);
        var ids = string.Join(',', [.. TextModel.Ids("Hello you"), TextModel.EosId]);
        Assert.Equal(Number(Of($"{{\"input_ids\": [{ids}]}}"), "loss"), Number(Of("{\"text\": \"Hello you\"}"), "loss"), 1e-5);
        var (prompt, whole) = (TextModel.Ids("Hello").Length, TextModel.Ids("Hello you").Length);
        Assert.Equal(whole + 1 - prompt, Of("{\"prompt\": \"Hello\", \"completion\": \" you\"}").GetProperty("tokens").GetInt32());
    }

    [Fact]
    public void What_max_length_does_is_told()
    {
        var texts = CommandRun.Of("eval", "--model", Model, "--max_length", "3", "--json", _folder.Write("rows.jsonl",
            "{\"input_ids\": [1, 7, 9, 30]}\n{\"input_ids\": [1, 7, 9]}\n{\"input_ids\": [1, 7, 9, 30], \"labels\": [-100, -100, -100, 30]}\n"));
        Assert.Contains("1 rows dropped, they have no token to score", texts.Error, StringComparison.Ordinal);
        Assert.Contains("1 rows cut to max_length (3)", texts.Error, StringComparison.Ordinal);
        var line = Assert.Single(texts.Lines);
        Assert.Equal((2, 1, 1, 4), (line.GetProperty("rows").GetInt32(), line.GetProperty("dropped_rows").GetInt32(), line.GetProperty("truncated_rows").GetInt32(), line.GetProperty("tokens").GetInt32()));
        var pairs = CommandRun.Of("eval", "--model", Model, "--max_length", "4", _folder.Write("pairs.jsonl",
            "{\"prompt_ids\": [1, 7], \"chosen_ids\": [4, 5, 6], \"rejected_ids\": [4]}\n{\"prompt_ids\": [1, 7, 8, 9], \"chosen_ids\": [4], \"rejected_ids\": [5]}\n"));
        Assert.Contains("1 pairs dropped, their prompt fills max_length (4)", pairs.Error, StringComparison.Ordinal);
        Assert.Contains("1 pairs cut to max_length (4)", pairs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_json_it_is_a_table()
    {
        var run = CommandRun.Of("eval", "--model", Model, "--adapter", Adapter, FirstPairs(8));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("8 pairs", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"rewards/accuracies +│ +0\.3750 ", run.Output);
    }

    [Theory]
    [InlineData("--beta=0", "beta is 0; expected a number above 0")]
    [InlineData("--batch_size=0", "batch_size is 0; expected a whole number above 0")]
    [InlineData("--max_length=1", "max_length is 1; expected a whole number from 2")]
    [InlineData("--reference=absent", "reference: there is no folder 'absent'; expected base, none")]
    [InlineData("--reference_adapter=absent", "reference_adapter: there is no folder 'absent'")]
    [InlineData("--reference=base", "has no adapter, so it would be compared with itself")]
    [InlineData("--referense=base", "option --referense is not known; did you mean --reference?")]
    public void A_bad_option_is_one_line_and_code_2(string option, string words) => CommandRun.Of("eval", "--model", Model, option, FirstPairs(2)).AssertFault(2, words);

    [Fact]
    public void Bad_calls_are_one_line_with_their_code()
    {
        var texts = _folder.Write("t.jsonl", "{\"input_ids\": [1, 7, 9, 30]}");
        CommandRun.Of("eval", "--model", Model, "--reference", "none", "--reference_adapter", Adapter, FirstPairs(2)).AssertFault(2, "reference is none, but a reference_adapter is given");
        CommandRun.Of("eval", "--model", Model, "--adapter", Adapter, "--reference", "base", texts).AssertFault(2, "reference: the rows of " + texts + " are texts");
        CommandRun.Of("eval", "--model", Model, "--beta", "0.2", texts).AssertFault(2, "beta: the rows of");
        CommandRun.Of("eval", "--model", Model, "absent.jsonl").AssertFault(2, "absent.jsonl: no such data file");
        CommandRun.Of("eval", "--model", Model, _folder.Write("o.jsonl", "{\"input_ids\": [1, 256]}")).AssertFault(3, "o.jsonl:1: the text has the token id 256");
        CommandRun.Of("eval", "--model", Model, _folder.Write("n.jsonl", "{\"input_ids\": [1]}")).AssertFault(3, "no row has a token to score");
        CommandRun.Of(["eval", "--model", Model, texts], new CancellationToken(canceled: true)).AssertFault(75, "align: interrupted");
    }

    private static JsonElement Eval(params string[] arguments)
    {
        var run = CommandRun.Of(["eval", "--model", Model, "--json", .. arguments]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return Assert.Single(run.Lines);
    }

    private string FirstPairs(int count)
    {
        using var pairs = JsonDocument.Parse(File.ReadAllText(Golden.Path("trl/dpo_preinit/pairs.json")));
        return _folder.Write("pairs.jsonl", string.Join('\n', pairs.RootElement.EnumerateArray().Take(count).Select(pair => JsonSerializer.Serialize(pair))));
    }

    private static JsonElement FirstStep(string trajectory)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Golden.Path(trajectory)));
        return golden.RootElement.GetProperty("steps")[0].Clone();
    }

    private static void AssertStep(JsonElement step, JsonElement found)
    {
        foreach (var key in OfPairs) Assert.Equal(Number(step, key), Number(found, key), key == "loss" ? 2e-6 : 1e-4);
    }

    private static double Number(JsonElement row, string key) => row.GetProperty(key).GetDouble();
}
