using System.Text.Json.Nodes;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary><c>align run</c> over whole processes: from nothing to a merged model, and what the parts know of each other.</summary>
public sealed class PipelineTests : IDisposable
{
    private const string Pipeline = """
        output_dir: OUT
        stages:
          data: {command: data demo, output_dir: "${output_dir}/data", rows: 60, test_rows: 10}
          init: {output_dir: "${output_dir}/base", text: "${data.output_dir}/train.jsonl", vocab_size: 400, hidden_size: 32, layers: 1, heads: 2}
          sft:
            model_name_or_path: ${init.output_dir}
            dataset_name: ${data.output_dir}/train.jsonl
            dataset_mapping: "{text: \"Question: {question}\\n\\nAnswer: {response_j}\"}"
            output_dir: ${output_dir}/sft
            use_peft: true
            max_steps: 3
            save_strategy: "no"
          dpo:
            model_name_or_path: ${sft.output_dir}
            dataset_name: ${data.output_dir}/train.jsonl
            output_dir: ${output_dir}/dpo
            learning_rate: 1.0e-3
            max_steps: 3
            save_strategy: "no"
          merge: {model: "${init.output_dir}", adapter: "${dpo.output_dir}", output_dir: "${output_dir}/merged"}
          generate: {model: "${merge.output_dir}", prompt: "Question: why?\n\nAnswer: ", max_new_tokens: 5, stdout: "${output_dir}/answer.txt"}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Out => Path.Combine(_folder, "out");

    [Fact]
    public async Task From_nothing_to_a_merged_model_and_again_without_work()
    {
        var path = Path.Combine(_folder, "pipeline.yaml");
        await File.WriteAllTextAsync(path, Pipeline.Replace("OUT", Out, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var first = await AlignCommand.Run(["run", path]);
        Assert.True(first.ExitCode == 0, first.Errors);
        Assert.Equal(6, first.Output.Split('\n').Count(line => line.StartsWith('✓')));
        // The SFT adapter is continued, with itself as the reference, and the start is checked.
        Assert.Contains($"reference: a frozen copy of the adapter {Out}/sft", first.Errors, StringComparison.Ordinal);
        Assert.Contains("step 0: policy equals reference, rewards 0, loss 0.6931", first.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be checked", first.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Out, "merged", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine(Out, "answer.txt")));

        var lineage = JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "dpo", "lineage.json")))!;
        Assert.Equal(("dpo", "sft"), ((string)lineage["method"]!, (string)lineage["parent"]!["method"]!));
        Assert.Equal($"{Out}/base", (string)lineage["base_model"]!["path"]!);
        Assert.Equal($"{Out}/sft", (string)lineage["adapter"]!["path"]!);
        Assert.Equal(64, ((string)lineage["data"]![0]!["sha256"]!).Length);
        Assert.Equal("1.0e-3", (string)lineage["configuration"]!["learning_rate"]!);

        var second = await AlignCommand.Run(["run", path]);
        Assert.Equal(0, second.ExitCode);
        Assert.Equal(6, second.Output.Split('\n').Count(line => line.StartsWith('·')));

        var wrong = await AlignCommand.Run(["merge", "--model", Path.Combine(Out, "merged"), "--adapter", Path.Combine(Out, "dpo"), "--output_dir", Path.Combine(Out, "wrong")]);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("is another model", wrong.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData("tiny", 8)]
    public async Task The_stack_llama_2_pipeline_resolves(string? scale, int stages)
    {
        string[] words = ["run", Path.Combine(Golden.RepositoryRoot, "recipes", "stack-llama-2", "pipeline.yaml"), "--dry_run", .. scale is null ? [] : new[] { "--scale", scale }];
        var run = await AlignCommand.Run(words);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(stages, run.Output.Split('\n').Count(line => line.Contains(": align ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("sft")]
    [InlineData("dpo")]
    public async Task The_stack_llama_2_configurations_are_the_scripts(string command)
    {
        var file = Path.Combine(Golden.RepositoryRoot, "recipes", "stack-llama-2", $"{command}.yaml");
        var run = await AlignCommand.Run([command, "--config", file, "--dry_run"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Matches(@"load_in_4bit +true", run.Output);
        Assert.Matches(@"optim +paged_adamw_32bit", run.Output);
        Assert.Matches(@"lora_r +8", run.Output);
    }
}
