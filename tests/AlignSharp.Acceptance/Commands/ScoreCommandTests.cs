using System.Globalization;
using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Commands;

public sealed class ScoreCommandTests : IDisposable
{
    private const int IgnoredLabel = -100;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("trl/model_a", "right")]
    [InlineData("trl/model_a", "long")]
    [InlineData("trl/model_b", "right")]
    [InlineData("trl/model_b", "long")]
    public void Scores_of_labelled_ids_equal_those_of_transformers(string model, string caseName)
    {
        var (rows, golden) = Case(model, caseName);
        var run = CommandRun.Of("score", "--model", Golden.Path(model), _folder.Write("rows.jsonl", rows));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(golden.Count, run.Lines.Count);
        foreach (var (line, expected) in run.Lines.Zip(golden)) AssertScores(expected, line);
    }

    [Fact]
    public void Without_labels_every_token_after_the_first_is_scored()
    {
        var labelled = Score("trl/model_a", "{\"input_ids\": [1, 7, 9, 30], \"labels\": [1, 7, 9, 30]}");
        Assert.Equal(3, labelled.GetProperty("tokens").GetInt32());
        Assert.Equal(Logps(labelled), Logps(Score("trl/model_a", "{\"input_ids\": [1, 7, 9, 30]}")));
    }

    [Fact]
    public void Sums_of_pairs_equal_the_log_probabilities_of_the_first_batch_of_TRLs_run()
    {
        var run = CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), "--adapter", Golden.Path("trl/adapter_init"), Golden.Path("trl/dpo_lora/pairs.json"));
        Assert.Equal(0, run.Code);
        using var trajectory = JsonDocument.Parse(File.ReadAllText(Golden.Path("trl/dpo_lora/trajectory_trl_v1.9.0.json")));
        var first = trajectory.RootElement.GetProperty("steps")[0]; // two micro-batches of four pairs
        foreach (var side in new[] { "chosen", "rejected" })
            Assert.Equal(first.GetProperty($"logps/{side}").GetDouble(), run.Lines.Take(8).Average(line => line.GetProperty(side).GetProperty("sum").GetDouble()), 1e-4);
    }

    [Fact]
    public void A_completion_scores_the_same_in_a_pair_and_as_labelled_ids()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Golden.Path("trl/dpo_lora/pairs.json")));
        var pairs = CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), Golden.Path("trl/dpo_lora/pairs.json")).Lines;
        var rows = file.RootElement.EnumerateArray().Select(pair => Labelled(Ids(pair, "prompt_ids"), Ids(pair, "chosen_ids")));
        var alone = CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), _folder.Write("rows.jsonl", string.Join('\n', rows))).Lines;
        foreach (var (pair, row) in pairs.Zip(alone)) AssertScores(Logps(row), pair.GetProperty("chosen"));
    }

    [Fact]
    public void Scores_do_not_depend_on_the_rows_beside()
    {
        var (rows, _) = Case("trl/model_b", "right");
        var together = CommandRun.Of("score", "--model", Golden.Path("trl/model_b"), _folder.Write("rows.jsonl", rows)).Lines;
        foreach (var (line, row) in together.Zip(rows.Split('\n'))) AssertScores(Logps(Score("trl/model_b", row)), line);
    }

    [Fact]
    public void An_adapter_folder_may_stand_for_its_model()
    {
        var adapter = Path.Combine(_folder.Path, "adapter");
        Directory.CreateDirectory(adapter);
        var source = Golden.Path("trl/dpo_lora/adapter_final_trl_v1.9.0");
        File.Copy(Path.Combine(source, "adapter_model.safetensors"), Path.Combine(adapter, "adapter_model.safetensors"));
        var config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(source, "adapter_config.json")))!;
        config["base_model_name_or_path"] = Golden.Path("trl/model_a");
        File.WriteAllText(Path.Combine(adapter, "adapter_config.json"), config.ToJsonString());
        var file = _folder.Write("row.jsonl", "{\"input_ids\": [1, 7, 9, 30]}");
        var alone = CommandRun.Of("score", "--model", adapter, file);
        Assert.Equal(CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), "--adapter", source, file).Output, alone.Output);
        Assert.NotEqual(CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), file).Output, alone.Output);
    }

    [Fact]
    public void Text_is_scored_as_its_ids_and_a_completion_with_the_end_of_sequence()
    {
        var model = TextModel.Create(_folder.Path);
        var text = CommandRun.Of("score", "--model", model, _folder.Write("t.jsonl", "{\"text\": \"Hello you\"}")).Lines[0];
        var completion = CommandRun.Of("score", "--model", model, _folder.Write("c.jsonl", "{\"prompt\": \"Hello\", \"completion\": \" you\"}")).Lines[0];
        var pair = CommandRun.Of("score", "--model", model, _folder.Write("p.jsonl", "{\"prompt\": \"Hello\", \"chosen\": \" you\", \"rejected\": \" you\"}")).Lines[0];
        var ids = TextModel.Ids("Hello you");
        AssertScores(Logps(Run(model, $"{{\"input_ids\": [{string.Join(',', ids)}]}}")), text);
        var prompt = TextModel.Ids("Hello").Length;
        AssertScores(Logps(Run(model, Labelled(ids[..prompt], [.. ids[prompt..], TextModel.EosId]))), completion);
        AssertScores(Logps(completion), pair.GetProperty("chosen"));
        AssertScores(Logps(pair.GetProperty("chosen")), pair.GetProperty("rejected"));
    }

    [Fact]
    public void Rows_without_a_scored_token_have_no_scores()
    {
        var run = CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), _folder.Write("rows.jsonl", "{\"input_ids\": [1]}\n{\"input_ids\": [1, 5], \"labels\": [-100, -100]}\n"));
        Assert.Equal("{\"logps\":[],\"sum\":0,\"tokens\":0}\n{\"logps\":[],\"sum\":0,\"tokens\":0}\n", run.Output);
    }

    [Fact]
    public async Task It_runs_as_a_process()
    {
        var (rows, golden) = Case("trl/model_a", "long");
        var result = await AlignCommand.Run(["score", "--model", Golden.Path("trl/model_a"), "--device=cpu", _folder.Write("rows.jsonl", rows)]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        AssertScores(golden[0], JsonDocument.Parse(result.Output).RootElement);
    }

    [Theory]
    [InlineData("{\"input_ids\": [1, 256]}", "row.jsonl:1: the text has the token id 256, but the model's vocabulary ends at 255")]
    [InlineData("{\"input_ids\": []}", "row.jsonl:1: field 'input_ids' has no ids")]
    [InlineData("{\"input_ids\": [1, 2], \"labels\": [-100]}", "row.jsonl:1: field 'labels' has 1 values, but 'input_ids' has 2")]
    [InlineData("{\"ids\": [1]}", "row.jsonl:1: the row has the fields [ids], expected")]
    [InlineData("[1]", "row.jsonl:1: the row is not an object")]
    [InlineData("", "the file has no rows")]
    public void A_bad_row_is_code_3(string row, string words) =>
        CommandRun.Of("score", "--model", Golden.Path("trl/model_a"), _folder.Write("row.jsonl", row)).AssertFault(3, words);

    [Fact]
    public void Bad_calls_are_one_line_with_their_code()
    {
        var (model, file) = (Golden.Path("trl/model_a"), Golden.Path("trl/dpo_lora/pairs.json"));
        CommandRun.Of("score", "--model", model, "absent.jsonl").AssertFault(2, "absent.jsonl: no such data file");
        CommandRun.Of("score", "--model", "absent", file).AssertFault(2, "there is no folder 'absent'");
        CommandRun.Of("score", "--model", _folder.Path, file).AssertFault(2, "config.json: the file is missing");
        CommandRun.Of("score", "--modle", model, file).AssertFault(2, "option --modle is not known; did you mean --model?");
        CommandRun.Of("score", "--model", model, "--dtype", "int8", file).AssertFault(2, "option --dtype: int8 is not known; expected auto, float32, bfloat16, float16");
        CommandRun.Of("score", "--model", model, "--device", "tpu", file).AssertFault(2, "device: 'tpu' is not known");
        CommandRun.Of("score", "--model", model, "--bnb_4bit_quant_type", "fp4", file).AssertFault(2, "option --bnb_4bit_quant_type: means nothing without --load_in_4bit");
        CommandRun.Of("score", "--model", model, "--load_in_4bit", "--bnb_4bit_quant_type", "int4", file).AssertFault(2, "int4 is not known; expected nf4, fp4");
        CommandRun.Of("score", "--model", model, _folder.Write("t.jsonl", "{\"text\": \"a\"}")).AssertFault(2, "holds neither tokenizer.json nor tokenizer.model");
        CommandRun.Of("score", file).AssertFault(2, "--model");
        CommandRun.Of("score", "--model", model).AssertFault(2, "FILE");
    }

    [Fact]
    public void An_interruption_is_code_75()
    {
        var run = CommandRun.Of(["score", "--model", Golden.Path("trl/model_a"), Golden.Path("trl/dpo_lora/pairs.json")], new CancellationToken(canceled: true));
        run.AssertFault(75, "align: interrupted");
    }

    private JsonElement Score(string model, string row) => Run(Golden.Path(model), row);

    private JsonElement Run(string modelFolder, string row) => Assert.Single(CommandRun.Of("score", "--model", modelFolder, _folder.Write("one.jsonl", row)).Lines);

    /// <summary>The unpadded rows of a golden case, and the log-probabilities of their labelled tokens.</summary>
    private static (string Rows, List<double[]> Golden) Case(string model, string name)
    {
        using var scope = NewDisposeScope();
        using var cases = SafetensorsFile.Open(Golden.Path($"{model}/cases.safetensors"));
        Tensor Read(string tensor) => cases.Read($"{name}.{tensor}");
        var (ids, mask, labels, logps) = (Read("input_ids"), Read("attention_mask"), Read("labels"), Read("per_token_logps"));
        var (rows, golden) = (new List<string>(), new List<double[]>());
        for (var row = 0; row < ids.shape[0]; row++)
        {
            var length = (int)mask[row].sum().item<long>();
            var label = labels[row].data<long>().ToArray()[..length];
            rows.Add($"{{\"input_ids\": [{string.Join(',', ids[row].data<long>().ToArray()[..length])}], \"labels\": [{string.Join(',', label)}]}}");
            var values = logps[row].data<float>().ToArray();
            golden.Add([.. Enumerable.Range(1, length - 1).Where(t => label[t] != IgnoredLabel).Select(t => (double)values[t - 1])]);
        }
        return (string.Join('\n', rows), golden);
    }

    private static string Labelled(int[] prompt, int[] completion) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"input_ids\": [{string.Join(',', prompt.Concat(completion))}], \"labels\": [{string.Join(',', prompt.Select(_ => IgnoredLabel).Concat(completion))}]}}");

    private static void AssertScores(double[] expected, JsonElement actual)
    {
        var logps = Logps(actual);
        Assert.Equal(expected.Length, logps.Length);
        Assert.Equal(expected.Length, actual.GetProperty("tokens").GetInt32());
        for (var t = 0; t < logps.Length; t++) Assert.Equal(expected[t], logps[t], 1e-5);
        Assert.Equal(logps.Sum(), actual.GetProperty("sum").GetDouble(), 1e-5);
    }

    private static double[] Logps(JsonElement line) => [.. line.GetProperty("logps").EnumerateArray().Select(logp => logp.GetDouble())];

    private static int[] Ids(JsonElement row, string field) => [.. row.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())];
}
