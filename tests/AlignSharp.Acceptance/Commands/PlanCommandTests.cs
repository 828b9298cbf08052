using System.Text.Json;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

public sealed class PlanCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Model => Path.Combine(_folder.Path, "model");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_help_is_as_approved()
    {
        var run = CommandRun.Of("plan", "--help");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Approved.Matches("tests/AlignSharp.Acceptance/Approved/plan-help.txt", run.Output);
    }

    [Fact]
    public void A_plan_of_pairs_is_one_of_dpo_and_nothing_is_written()
    {
        MakeModel();
        var before = Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories);
        var run = Plan(Pairs(), "--json", "--use_peft", "true", "--lora_r", "2", "--output_dir", Path.Combine(_folder.Path, "out"), "--per_device_train_batch_size", "2", "--num_train_epochs", "2");
        Assert.Equal(0, run.Code);
        var plan = Assert.Single(run.Lines);
        Assert.Equal(
            ["method", "model", "parameters", "trained_parameters", "dtype", "rows", "tokens", "largest_micro_batch", "mean_micro_batch_tokens", "keeping", "recomputing", "gradient_checkpointing",
                "available_bytes", "most_rows_keeping", "most_rows_recomputing", "most_tokens_keeping", "most_tokens_recomputing", "disk", "time", "peak_bytes", "fits"],
            Names(plan));
        Assert.Equal(
            ["weight_bytes", "adapter_bytes", "optimizer_state_bytes", "reference_bytes", "gradient_bytes", "activation_bytes", "working_bytes", "slack_bytes", "process_bytes", "total_bytes"],
            Names(plan.GetProperty("keeping")));
        Assert.Equal("dpo", plan.GetProperty("method").GetString());
        Assert.Equal(3, plan.GetProperty("rows").GetInt32());

        Assert.Equal(13, plan.GetProperty("tokens").GetInt32());
        Assert.InRange(plan.GetProperty("largest_micro_batch").GetProperty("tokens").GetInt32(), 8, 9);
        // Rank 2 on q [32, 32] and v [32, 32] of two layers.
        Assert.Equal(2 * 2 * 2 * 64, plan.GetProperty("trained_parameters").GetInt32());
        Assert.Equal((4, true, false), (plan.GetProperty("time").GetProperty("steps").GetInt32(), plan.GetProperty("fits").GetBoolean(), plan.GetProperty("gradient_checkpointing").GetBoolean()));
        Assert.Equal(plan.GetProperty("keeping").GetProperty("total_bytes").GetInt64(), plan.GetProperty("peak_bytes").GetInt64());
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("pairs.jsonl", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_table_says_whether_it_fits_and_how_long_it_takes()
    {
        MakeModel();
        var run = Plan(Texts(), "--gradient_checkpointing", "true", "--max_steps", "3");
        Assert.Equal(0, run.Code);
        Assert.StartsWith($"align sft of {Model}: 0.0 M parameters in float32, 0.0 M trained\n", run.Output, StringComparison.Ordinal);
        foreach (var words in new[] { "memory in GiB", "optimizer states", "together", "verdict: fits, with gradient_checkpointing: ", "largest that fits, kept: all rows, or max_tokens_per_batch ", " a step, 3 steps: " })
            Assert.Contains(words, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("adapter", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_method_is_by_name_then_by_keys_then_by_rows()
    {
        MakeModel();
        Assert.Equal("sft", Method(Plan(Texts(), "--json")));
        Assert.Equal("dpo", Method(Plan(Pairs(), "--json", "--beta", "0.2")));
        Plan(Pairs(), "--packing", "true").AssertFault(3, "the row has the fields");
        Plan(Pairs(), "--method", "sft").AssertFault(3, "the row has the fields");
        Plan(Pairs(), "--method", "ppo").AssertFault(2, "option --method: ppo is not known; expected dpo, sft");
        Plan(Pairs(), "--beta", "0.2", "--packing", "true").AssertFault(2, "beta is a key of align dpo and packing one of align sft");
        Plan(Pairs(), "--bata", "0.2").AssertFault(2, "option --bata is not known; did you mean --beta?");
    }

    private static string? Method(CommandRun run) => run.Lines[0].GetProperty("method").GetString();

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private CommandRun Plan(string file, params string[] options) => CommandRun.Of(["plan", "--model_name_or_path", Model, "--dataset_name", file, "--dtype", "float32", "--device", "cpu", .. options]);

    private string Pairs() => _folder.Write("pairs.jsonl", """
        {"prompt_ids": [5, 6], "chosen_ids": [7], "rejected_ids": [8]}
        {"prompt_ids": [5, 6], "chosen_ids": [9], "rejected_ids": [8]}
        {"prompt_ids": [5], "chosen_ids": [7, 8], "rejected_ids": [8, 9]}
        """);

    private string Texts() => _folder.Write("texts.jsonl", "{\"input_ids\": [5, 6, 7, 8]}\n{\"input_ids\": [5, 6, 7]}\n");

    private void MakeModel() => Assert.Equal(0, CommandRun.Of("init", "--output_dir", Model, "--hidden_size", "32", "--layers", "2", "--heads", "4").Code);
}
