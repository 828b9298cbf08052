using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Acceptance.Commands;
using AlignSharp.Checkpoints;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary>Starts and types of adapters that belong to 4-bit bases, through the command line: trained, saved, measured again from the folder, and continued.</summary>
public sealed class QuantizedAdapterTests : IDisposable
{
    private static readonly string Full = Golden.Path("qlora/tiny_qlora/base_full"), Stored = Golden.Path("qlora/tiny_qlora/base_bnb4");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sft", "init_lora_weights: loftq", "F32")]
    [InlineData("dpo", "init_lora_weights: loftq\nloftq_iter: 3", "F32")]
    [InlineData("sft", "adapter_dtype: bfloat16", "BF16")]
    [InlineData("dpo", "adapter_dtype: bfloat16\nuse_dora: true", "BF16")]
    [InlineData("sft", "adapter_dtype: bfloat16\ninit_lora_weights: loftq\nlora_modules_to_save: [lm_head, norm]", "BF16")]
    [InlineData("sft", "init_lora_weights: olora", "F32")]
    public void An_adapter_over_four_bits_learns_and_measures_the_same_when_it_is_loaded_again(string method, string keys, string type)
    {
        var output = Train(method, "first", $"model_name_or_path: {Full}\nload_in_4bit: true\nuse_peft: true\n{keys}\n");
        var losses = Rows(output).Where(row => row.ContainsKey("loss")).Select(row => row["loss"]!.GetValue<double>()).ToArray();
        Assert.True(losses[^1] < 0.97 * losses[0], string.Join(", ", losses));
        if (method == "dpo" && type == "F32") Assert.Equal(Math.Log(2), losses[0], 1e-5);
        using (var file = SafetensorsFile.Open(Path.Combine(output, AdapterFolder.WeightsFile))) Assert.All(file.Names, name => Assert.Equal(type, file.Entry(name).Dtype));

        var measured = Rows(output).Last(row => row.ContainsKey("eval_loss"))["eval_loss"]!.GetValue<double>();
        var again = CommandRun.Of("eval", "--json", "--model", Full, "--load_in_4bit", "--adapter", output, Data(method));
        Assert.Equal(measured, Assert.Single(again.Lines).GetProperty("loss").GetDouble(), 1e-5);

        // Its own keys beside it, which must mean what it has.
        var continued = Train(method, "second", $"model_name_or_path: {Full}\nload_in_4bit: true\nadapter_name_or_path: {output}\n{keys}\n");
        var first = Rows(continued).First(row => row.ContainsKey("eval_loss"))["eval_loss"]!.GetValue<double>();
        Assert.Equal(method == "sft" ? measured : Math.Log(2), first, 1e-5);
    }

    [Fact]
    public void A_loftq_adapter_is_loaded_with_what_it_needs_or_not_at_all()
    {
        var output = Train("sft", "first", $"model_name_or_path: {Full}\nload_in_4bit: true\nuse_peft: true\ninit_lora_weights: loftq\nloftq_iter: 2\n");
        var config = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(output, AdapterConfigFile.FileName)))!;
        Assert.Equal("loftq", config["init_lora_weights"]!.GetValue<string>());
        Assert.Equal("""{"loftq_bits":4,"loftq_iter":2}""", config["loftq_config"]!.ToJsonString());
        CommandRun.Of("eval", "--model", Full, "--adapter", output, Data("sft")).AssertFault(2, "makes up for a quantisation, and without load_in_4bit there is none; add load_in_4bit: true");
        CommandRun.Of("eval", "--model", Stored, "--adapter", output, Data("sft")).AssertFault(2, "is stored in 4 bits; give the base in full precision with load_in_4bit: true");
        CommandRun.Of("merge", "--model", Full, "--adapter", output, "--output_dir", Path.Combine(_folder.Path, "merged")).AssertFault(2, "into which this version does not merge");
        Assert.Contains("align: error: loftq_iter differs from the loaded adapter's (2)", Run("sft", "second", $"model_name_or_path: {Full}\nload_in_4bit: true\nadapter_name_or_path: {output}\nloftq_iter: 3\n").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "init_lora_weights: loftq", "init_lora_weights: loftq makes up for a quantisation, and without load_in_4bit there is none; add load_in_4bit: true, or choose another start")]
    [InlineData(true, "init_lora_weights: loftq\nload_in_4bit: true", "is stored in 4 bits; give the base in full precision with load_in_4bit: true")]
    [InlineData(false, "init_lora_weights: pissa\nload_in_4bit: true", "init_lora_weights: pissa begins with a part of weights in full precision, and load_in_4bit quantises them (PEFT refuses it too); loftq is the start for 4 bits")]
    [InlineData(true, "init_lora_weights: pissa_niter_4", "init_lora_weights: pissa_niter_4 begins with a part of weights in full precision")]
    [InlineData(false, "loftq_iter: 2", "loftq_iter is set but init_lora_weights is true; it counts for loftq alone")]
    [InlineData(false, "init_lora_weights: loftq\nload_in_4bit: true\nloftq_iter: 0", "loftq_iter: 0 is out of range")]
    [InlineData(false, "adapter_dtype: float16", "adapter_dtype: float16 is not known; expected one of float32, bfloat16")]
    public void What_cannot_be_is_one_line_that_names_the_key(bool isStored, string keys, string expected)
    {
        var (code, error) = Run("sft", "out", $"model_name_or_path: {(isStored ? Stored : Full)}\nuse_peft: true\n{keys}\n");
        Assert.Equal(2, code);
        Assert.Contains(expected, Assert.Single(error.Split('\n'), line => line.StartsWith("align: error:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_an_adapter_is_refused() =>
        Assert.Contains("adapter_dtype is set but no adapter is trained", Run("sft", "out", $"model_name_or_path: {Full}\nadapter_dtype: bfloat16\n").Error, StringComparison.Ordinal);

    private string Data(string method)
    {
        var random = new Random(3);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(3, 96))];
        return method == "dpo"
            ? _folder.Write("pairs.json", JsonSerializer.Serialize(Enumerable.Range(0, 8).Select(_ => new { prompt_ids = Ids(4), chosen_ids = Ids(6), rejected_ids = Ids(5) })))
            : _folder.Write("rows.json", JsonSerializer.Serialize(Enumerable.Range(0, 8).Select(_ => Ids(9)).Select(ids => new { input_ids = ids, labels = ids })));
    }

    private string Train(string method, string name, string keys)
    {
        var (code, error) = Run(method, name, keys);
        Assert.True(code == 0, error);
        return Path.Combine(_folder.Path, name);
    }

    private (int Code, string Error) Run(string method, string name, string keys)
    {
        var path = _folder.Write($"{name}.yaml", keys + $"""
            dataset_name: {Data(method)}
            eval_dataset_name: {Data(method)}
            output_dir: {Path.Combine(_folder.Path, name)}
            dtype: float32
            learning_rate: 1.0e-2
            lr_scheduler_type: constant
            per_device_train_batch_size: 8
            max_steps: 8
            logging_steps: 1
            eval_strategy: steps
            eval_steps: 8
            eval_on_start: true
            save_strategy: "no"
            """);
        using var error = new StringWriter { NewLine = "\n" };
        var runs = new TrainingRuns(error, new RecordingTracker());
        return (new CommandLine(TextWriter.Null, error, 80, runs.Dpo, SftCommand.Create(TextWriter.Null, error, 80, runs.Sft)).Run([method, "--config", path], TestContext.Current.CancellationToken), error.ToString());
    }

    private static JsonObject[] Rows(string output) => [.. File.ReadLines(Path.Combine(output, "metrics.jsonl")).Select(line => (JsonObject)JsonNode.Parse(line)!)];
}
