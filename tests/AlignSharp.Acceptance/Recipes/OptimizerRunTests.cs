using System.Text.Json.Nodes;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary><c>align sft</c> of all weights with each optimizer; every update sees all rows.</summary>
public sealed class OptimizerRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("adamw_torch", 1e-3)]
    [InlineData("adamw_8bit", 1e-3)]
    [InlineData("paged_adamw_8bit", 1e-3)]
    [InlineData("paged_adamw_32bit", 1e-3)]
    [InlineData("lion_32bit", 1e-4)]
    [InlineData("lion_8bit", 1e-4)]
    [InlineData("adafactor", 1e-3)]
    [InlineData("sgd", 0.1)]
    [InlineData("sgd", 0.02, "optim_args: momentum=0.9")]
    public void The_loss_falls(string optim, double rate, string more = "")
    {
        var output = Path.Combine(_folder, "out");
        var config = Path.Combine(_folder, "run.yaml");
        File.WriteAllText(config, FormattableString.Invariant($"""
            model_name_or_path: {Golden.Path("trl/model_a")}
            dataset_name: {Golden.Path("trl/sft_lora/rows.json")}
            output_dir: {output}
            dtype: float32
            per_device_train_batch_size: 16
            max_steps: 8
            max_length: null
            optim: {optim}
            learning_rate: {rate}
            lr_scheduler_type: constant
            weight_decay: 0.01
            logging_steps: 1
            save_strategy: "no"
            {more}
            """));
        using var error = new StringWriter();
        var runs = new TrainingRuns(error, new RecordingTracker());
        var code = new CommandLine(TextWriter.Null, error, 80, runs.Dpo, SftCommand.Create(TextWriter.Null, error, 80, runs.Sft)).Run(["sft", "--config", config], TestContext.Current.CancellationToken);
        Assert.True(code == 0, error.ToString());
        double[] losses = [.. File.ReadLines(Path.Combine(output, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!["loss"]!.GetValue<double>())];
        Assert.Equal(8, losses.Length);
        Assert.All(losses.Zip(losses.Skip(1)), pair => Assert.True(pair.Second < pair.First, string.Join(", ", losses)));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(output), path => Path.GetFileName(path).StartsWith('.'));
    }
}
