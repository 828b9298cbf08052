using System.Text.Json.Nodes;
using AlignSharp.Acceptance.Commands;
using AlignSharp.Checkpoints;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary>Variants of adapters through the command line: trained, saved, measured again from the folder, and continued.</summary>
public sealed class AdapterVariantTests : IDisposable
{
    private static readonly string Base = Golden.Path("trl/model_a");

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string[]> Runs => new()
    {
        { "dpo", "use_dora: true", ["self_attn.q_proj.lora_magnitude_vector"] },
        { "sft", "use_dora: true", ["self_attn.q_proj.lora_magnitude_vector"] },
        { "dpo", "lora_rank_pattern: {'layers\\.0\\..*': 3}\nlora_alpha_pattern: {v_proj: 7}", ["layers.0.self_attn.q_proj.lora_A.weight"] },
        { "sft", "lora_layers_to_transform: [1]\nlora_exclude_modules: [v_proj]\ninit_lora_weights: gaussian", ["layers.1.self_attn.q_proj.lora_A.weight"] },
        { "dpo", "lora_modules_to_save: [lm_head]", ["base_model.model.lm_head.weight"] },
        { "sft", "lora_modules_to_save: [lm_head, embed_tokens, norm]", ["base_model.model.model.embed_tokens.weight", "base_model.model.model.norm.weight"] },
        { "dpo", "lora_target_modules: [embed_tokens, q_proj]", ["embed_tokens.lora_embedding_A"] },
        { "sft", "lora_bias: true", ["q_proj.lora_B.bias"] },
        { "dpo", "init_lora_weights: pissa", ["q_proj.lora_A.weight"] },
        { "dpo", "init_lora_weights: false", ["q_proj.lora_A.weight"] },
        { "sft", "init_lora_weights: olora\nuse_dora: true", ["q_proj.lora_A.weight"] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_variant_trains_and_measures_the_same_when_it_is_loaded_again(string method, string keys, string[] saved)
    {
        var output = Train(method, "first", $"model_name_or_path: {Base}\nuse_peft: true\n{keys}\n");
        var losses = Rows(output).Where(row => row.ContainsKey("loss")).Select(row => row["loss"]!.GetValue<double>()).ToArray();
        Assert.Equal(4, losses.Length);
        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        if (method == "dpo" && !keys.EndsWith("false", StringComparison.Ordinal)) Assert.Equal(Math.Log(2), losses[0], 1e-5);
        using (var file = SafetensorsFile.Open(Path.Combine(output, AdapterFolder.WeightsFile)))
            Assert.All(saved, name => Assert.Contains(file.Names, found => found.EndsWith(name, StringComparison.Ordinal)));

        var measured = Rows(output).Last(row => row.ContainsKey("eval_loss"))["eval_loss"]!.GetValue<double>();
        var again = CommandRun.Of("eval", "--json", "--model", Base, "--adapter", output, Data(method));
        Assert.Equal(measured, Assert.Single(again.Lines).GetProperty("loss").GetDouble(), 1e-5);

        // Its own keys beside it, which must mean what it has.
        var continued = Train(method, "second", $"model_name_or_path: {Base}\nadapter_name_or_path: {output}\n{keys}\n");
        var first = Rows(continued).First(row => row.ContainsKey("eval_loss"))["eval_loss"]!.GetValue<double>();
        if (method == "sft") Assert.Equal(measured, first, 1e-5);
        else Assert.Equal(Math.Log(2), first, 1e-5); // compared with the adapter that it continues
    }

    [Fact]
    public void Keys_that_say_something_else_than_the_loaded_adapter_are_refused_by_name()
    {
        var output = Train("sft", "first", $"model_name_or_path: {Base}\nuse_peft: true\nlora_rank_pattern: {{v_proj: 2}}\n");
        foreach (var (key, value) in new[] { ("use_dora", "true"), ("lora_bias", "all"), ("lora_modules_to_save", "[lm_head]"), ("lora_rank_pattern", "{v_proj: 3}"), ("lora_layers_to_transform", "[0]"), ("lora_exclude_modules", "[v_proj]"), ("init_lora_weights", "pissa") })
            Assert.Contains($"align: error: {key} ", Run("sft", "second", $"model_name_or_path: {Base}\nadapter_name_or_path: {output}\n{key}: {value}\n").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_modules_to_save: [lm_heads]", "modules_to_save: 'lm_heads' matches no projection, embedding or norm")]
    [InlineData("init_lora_weights: loftq", "init_lora_weights: loftq makes up for a quantisation, and without load_in_4bit there is none")]
    [InlineData("init_lora_weights: eva", "init_lora_weights: eva is not available")]
    [InlineData("lora_rank_pattern: {q_proj: 0}", "q_proj: 0 is not a whole number above 0")]
    [InlineData("lora_rank_pattern: {'(q_proj': 1}", "lora_rank_pattern: it has a malformed regular expression")]
    [InlineData("lora_layers_pattern: layers", "lora_layers_pattern needs lora_layers_to_transform")]
    [InlineData("lora_layers_to_transform: [-1]", "-1 is not the index of a layer")]
    [InlineData("lora_layers_to_transform: [0]\nlora_target_modules: all-linear", "layers_to_transform needs target_modules as a list")]
    [InlineData("use_dora: true\nlora_bias: true", "lora_bias cannot stand beside use_dora")]
    [InlineData("use_dora: true\nlora_target_modules: [embed_tokens]", "use_dora is not available for the embedding")]
    public void What_cannot_be_is_one_line_that_names_the_key(string keys, string expected)
    {
        var (code, error) = Run("sft", "out", $"model_name_or_path: {Base}\nuse_peft: true\n{keys}\n");
        Assert.InRange(code, 1, 3);
        Assert.Contains(expected, Assert.Single(error.Split('\n'), line => line.StartsWith("align: error:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Data(string method) => Golden.Path(method == "dpo" ? "trl/dpo_lora/pairs.json" : "trl/sft_lora/rows.json");

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
            learning_rate: 1.0e-3
            per_device_train_batch_size: 4
            max_steps: 4
            logging_steps: 1
            eval_strategy: steps
            eval_steps: 4
            eval_on_start: true
            save_strategy: "no"
            """);
        using var error = new StringWriter();
        var runs = new TrainingRuns(error, new RecordingTracker());
        return (new CommandLine(TextWriter.Null, error, 80, runs.Dpo, SftCommand.Create(TextWriter.Null, error, 80, runs.Sft)).Run([method, "--config", path], TestContext.Current.CancellationToken), error.ToString());
    }

    private static JsonObject[] Rows(string output) => [.. File.ReadLines(Path.Combine(output, "metrics.jsonl")).Select(line => (JsonObject)JsonNode.Parse(line)!)];
}
