using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

public class DpoCommandTests
{
    private static readonly string[] Required = ["dpo", "--model_name_or_path", "model", "--dataset_name", "pairs.jsonl"];

    [Fact]
    public void Help_at_80_columns_is_approved()
    {
        var (code, output, _, _) = Run(["dpo", "--help"]);
        Assert.Equal(0, code);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Approved.Matches("tests/AlignSharp.Acceptance/Approved/dpo-help-80.txt", output);
    }

    [Fact]
    public void Help_on_a_wide_terminal_is_approved()
    {
        var (_, output, _, _) = Run(["dpo", "--help"], width: 160);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 160, line));
        Approved.Matches("tests/AlignSharp.Acceptance/Approved/dpo-help-160.txt", output);
    }

    [Fact]
    public void Help_lists_every_honoured_key()
    {
        var (_, output, _, _) = Run(["dpo", "-h"]);
        foreach (var key in KeyTable.Dpo.Keys.Where(key => key.Kind == KeyKind.Honoured && key.AliasOf is null))
            Assert.Contains($"  --{key.Name}", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--per_device_train_batch_size", "3")]
    [InlineData("--per-device-train-batch-size", "3")]
    [InlineData("--per_device_train_batch_size=3")]
    [InlineData("--per-device-train-batch-size=3")]
    [InlineData("--per_gpu_train_batch_size=3")]
    public void Both_spellings_of_an_option_and_both_forms_of_its_value_work(params string[] option) =>
        Assert.Equal(3, Run([.. Required, .. option]).Options!.PerDeviceTrainBatchSize);

    [Fact]
    public void Every_key_of_the_table_is_an_option_in_both_spellings()
    {
        foreach (var key in KeyTable.Dpo.Keys)
        {
            foreach (var name in new[] { key.Name, key.Name.Replace('_', '-') })
            {
                var (_, _, error, _) = Run([.. Required, $"--{name}={key.Default}", "--dry_run"]);
                Assert.DoesNotContain("is not known; did you mean", error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_boolean_option_may_stand_alone_and_has_an_opposite()
    {
        var options = Run([.. Required, "--use_peft", "--no_disable_dropout", "--eval_on_start", "false", "--logging-first-step"]).Options!;
        Assert.True(options.UsePeft);
        Assert.False(options.DisableDropout);
        Assert.False(options.EvalOnStart);
        Assert.True(options.LoggingFirstStep);
    }

    [Theory]
    [InlineData("--lora_target_modules", "q_proj", "v_proj")]
    [InlineData("--lora_target_modules", "q_proj,v_proj")]
    [InlineData("--lora_target_modules=q_proj", "--lora-target-modules=v_proj")]
    [InlineData("--lora_target_modules", "[q_proj, v_proj]")]
    public void Lists_are_repeated_or_comma_separated(params string[] option) =>
        Assert.Equal(["q_proj", "v_proj"], Run([.. Required, "--use_peft", .. option]).Options!.LoraTargetModules);

    [Fact]
    public void Options_win_over_the_file_wherever_they_stand()
    {
        var path = WriteFile("model_name_or_path: m\ndataset_name: d\nbeta: 0.2\nmax_steps: 7\n");
        var options = Run(["dpo", "--beta", "0.3", "--config", path, "--max_steps", "-1", "--max_length", "null"]).Options!;
        Assert.Equal(0.3, options.Beta);
        Assert.Equal(-1, options.MaxSteps);
        Assert.Null(options.MaxLength);
        Assert.Equal("m", options.ModelNameOrPath);
        File.Delete(path);
    }

    [Fact]
    public void A_dry_run_prints_the_configuration_as_its_result_and_runs_nothing()
    {
        var (code, output, error, options) = Run([.. Required, "--beta=0.2", "--dry-run"]);
        Assert.Equal(0, code);
        Assert.Null(options);
        Assert.Contains("beta", output, StringComparison.Ordinal);
        Assert.Contains("--beta", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public void A_run_notes_its_configuration_on_standard_error()
    {
        var (code, output, error, options) = Run([.. Required, "--bf16"]);
        Assert.Equal(0, code);
        Assert.NotNull(options);
        Assert.Empty(output);
        Assert.Contains("bf16", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bteta=1", "align: error: option --bteta is not known; did you mean --beta?")]
    [InlineData("--lerning-rate=1", "option --lerning-rate is not known; did you mean --learning_rate?")]
    [InlineData("stray", "\"stray\" is neither an option nor the value of one")]
    [InlineData("--beta=x", "option --beta: beta: x is not a number; expected a number above 0")]
    [InlineData("--beta", "option --beta: a value is missing")]
    [InlineData("--output_dir", "option --output_dir: a value is missing")]
    [InlineData("--optim=galore_adamw", "optim: galore_adamw is refused")]
    [InlineData("--push_to_hub", "push_to_hub: true is refused")]
    [InlineData("--config=absent.yaml", "absent.yaml: the configuration file cannot be read")]
    [InlineData("--config", "align: error: ")]
    [InlineData("--lr_scheduler_kwargs={a", "option --lr_scheduler_kwargs")]
    public void A_wrong_option_is_one_line_and_code_2(string option, string expected)
    {
        var (code, output, error, options) = Run([.. Required, option]);
        Assert.Equal(2, code);
        Assert.Null(options);
        Assert.Empty(output);
        Assert.Contains(expected, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scalar_option_given_twice_is_an_error() => Assert.Equal(2, Run([.. Required, "--beta", "0.1", "--beta", "0.2"]).Code);

    [Fact]
    public void A_value_that_begins_with_an_at_sign_is_not_a_response_file() => Assert.Equal("@run", Run([.. Required, "--run_name", "@run"]).Options!.RunName);

    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    public void A_missing_or_unknown_command_is_code_2(params string[] arguments) => Assert.Equal(2, Run(arguments).Code);

    [Theory]
    [InlineData("did you mean dpo?", "dop", "--config", "x.yaml")]
    [InlineData("\"sft\" is no command", "sft", "--config", "x.yaml")]
    [InlineData("a command is missing; expected one of dpo")]
    public void A_wrong_command_is_named_before_its_options(string words, params string[] arguments)
    {
        var (code, _, error, _) = Run(arguments);
        Assert.Equal(2, code);
        Assert.Contains(words, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    [SuppressMessage("Usage", "CA2201", Justification = "libtorch's failures come as this exception.")]
    public void A_failed_allocation_is_one_line_with_a_remedy_and_without_frames()
    {
        const string native = "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes. Error code 12 (Cannot allocate memory)\nframe #0: c10::ThrowEnforceNotMet";
        using var error = new StringWriter();
        var command = new CommandLine(TextWriter.Null, error, 80, (_, _) => throw new ExternalException(native));
        Assert.Equal(5, command.Run(Required, CancellationToken.None));
        var line = error.ToString().Split('\n').Single(l => l.StartsWith("align: error:", StringComparison.Ordinal));
        Assert.Contains("lower per_device_train_batch_size", line, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #0", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_ran_out_on_known_rows_has_its_own_remedy_and_no_other()
    {
        using var error = new StringWriter();
        var command = new CommandLine(TextWriter.Null, error, 80, (_, _) => throw new MemoryExhaustedException("memory ran out on pairs.jsonl:3; lower max_length"));
        Assert.Equal(5, command.Run(Required, CancellationToken.None));
        Assert.Contains("align: error: memory ran out on pairs.jsonl:3; lower max_length\n", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_recipe_becomes_its_code()
    {
        using var error = new StringWriter();
        var code = new CommandLine(TextWriter.Null, error, 80, (_, _) => throw new DatasetException("pairs.jsonl:3: no field \"chosen\"\nor so")).Run(Required, TestContext.Current.CancellationToken);
        Assert.Equal(3, code);
        Assert.EndsWith("align: error: pairs.jsonl:3: no field \"chosen\" or so", error.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unforeseen_fault_shows_its_stack_trace_and_is_code_1()
    {
        using var error = new StringWriter();
        Assert.Equal(1, new CommandLine(TextWriter.Null, error, 80, (_, _) => throw new InvalidOperationException("broken")).Run(Required, TestContext.Current.CancellationToken));
        Assert.Contains(nameof(DpoCommand), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_recipe_sees_the_interruption()
    {
        using var interruption = new CancellationTokenSource();
        var command = new CommandLine(TextWriter.Null, TextWriter.Null, 80, (_, token) =>
        {
            interruption.Cancel();
            token.ThrowIfCancellationRequested();
            return 0;
        });
        Assert.Equal(75, command.Run(Required, interruption.Token));
    }

    private static (int Code, string Output, string Error, DpoRunOptions? Options) Run(string[] arguments, int width = 80)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        DpoRunOptions? seen = null;
        var code = new CommandLine(output, error, width, (options, _) =>
        {
            seen = options;
            return 0;
        }).Run(arguments, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString(), seen);
    }

    private static string WriteFile(string text)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
