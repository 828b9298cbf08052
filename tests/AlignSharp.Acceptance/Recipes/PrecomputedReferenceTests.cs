using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AlignSharp.Recipes;
using AlignSharp.Runtime;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary><c>precompute_ref_log_probs</c> with its cache, over whole runs.</summary>
public sealed partial class PrecomputedReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    private string Output => Path.Combine(_folder.Path, "out");

    private string Cache => Path.Combine(_folder.Path, "cache");

    // Token ids are kept beside them.
    private string Kept => Path.Combine(Cache, "reference-logps");

    private string[] Entries => Directory.Exists(Kept) ? Directory.GetFiles(Kept, "*", SearchOption.AllDirectories) : [];

    public static TheoryData<string> Kinds => ["fresh adapter", "loaded adapter", "base", "model", "full"];

    [Theory, MemberData(nameof(Kinds))]
    public void A_run_with_the_cache_writes_the_same_metrics_as_without_it(string kind)
    {
        var without = Run(Of(kind) with { RefLogpsCache = false });
        Assert.Empty(Entries);
        Assert.Equal(without, Run(Of(kind)));
        Assert.Contains($"reference log-probabilities: computed and kept in {Assert.Single(Entries)} (16 pairs)", _notes);
        Assert.Equal(without, Run(Of(kind)));
        Assert.Contains($"reference log-probabilities: read from {Assert.Single(Entries)} (16 pairs)", _notes);
        Assert.DoesNotContain("computing the reference's log-probabilities", _notes);
    }

    [Fact]
    public void Training_data_and_evaluation_data_are_kept_apart()
    {
        var options = Of("loaded adapter") with { EvalDatasetName = Reversed(), EvalOnStart = true, PerDeviceEvalBatchSize = 2 };
        var first = Run(options);
        Assert.Equal(2, Entries.Length);
        Assert.Equal(first, Run(options));
        Assert.Equal(2, _notes.Count(note => note.StartsWith("reference log-probabilities: read from", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_content_in_other_folders_and_other_settings_of_training_find_what_was_kept()
    {
        Run(Copied("one"));
        Run(Copied("two") with { Beta = 0.5, LearningRate = 1e-5, Seed = 7, TrainSamplingStrategy = SamplingStrategy.Random });
        Assert.Contains($"reference log-probabilities: read from {Assert.Single(Entries)} (16 pairs)", _notes);
    }

    [Theory]
    [InlineData("model/config.json")]
    [InlineData("model/model.safetensors")]
    [InlineData("model/tokenizer_config.json")]
    [InlineData("adapter/adapter_config.json")]
    [InlineData("adapter/adapter_model.safetensors")]
    public void A_changed_byte_in_any_file_computes_anew(string file)
    {
        Run(Copied("one"));
        var options = Copied("two");
        Change(Path.Combine(_folder.Path, "two", file));
        Run(options);
        Assert.Equal(2, Entries.Length);
        Assert.Contains("computing the reference's log-probabilities", _notes);
    }

    [Fact]
    public void Other_rows_another_cut_another_batch_or_another_type_compute_anew()
    {
        DpoRunOptions[] runs =
        [
            Of("loaded adapter"),
            Of("loaded adapter") with { DatasetName = Reversed() },
            Of("loaded adapter") with { MaxLength = 20 },
            Of("loaded adapter") with { PerDeviceTrainBatchSize = 8 },
            Of("loaded adapter") with { Dtype = DtypeChoice.BFloat16 },
            Of("base"),
        ];
        for (var i = 0; i < runs.Length; i++)
        {
            Run(runs[i]);
            Assert.Equal(i + 1, Entries.Length);
        }
    }

    [Fact]
    public void The_base_below_an_adapter_and_the_same_model_as_a_reference_of_its_own_share_an_entry()
    {
        Run(Of("base"));
        Run(Of("model"));
        Assert.Contains($"reference log-probabilities: read from {Assert.Single(Entries)} (16 pairs)", _notes);
    }

    [Fact]
    public void An_interruption_while_computing_keeps_nothing()
    {
        using var interruption = new CancellationTokenSource();
        var host = Host() with
        {
            Note = note =>
            {
                if (note == "computing the reference's log-probabilities") interruption.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(() => TorchThread.Run(() => DpoRecipe.Run(Of("full"), host, interruption.Token)));
        Assert.Empty(Entries);
    }

    [Fact]
    public async Task The_command_keeps_them_in_the_users_cache_and_says_so()
    {
        string[] arguments =
        [
            "dpo", "--model_name_or_path", Golden.Path("trl/model_a"), "--dataset_name", Golden.Path("trl/dpo_lora/pairs.json"), "--output_dir", Output,
            "--use_peft", "--max_steps", "1", "--save_strategy", "no", "--precompute_ref_log_probs",
        ];
        foreach (var words in new[] { "computed and kept in", "read from" })
        {
            var run = await AlignCommand.Run(arguments, new Dictionary<string, string> { [UserCache.Variable] = Cache });
            Assert.True(run.ExitCode == 0, run.Errors);
            var entry = Assert.Single(Directory.GetFiles(Path.Combine(Cache, "reference-logps")));
            Assert.Contains($"reference log-probabilities: {words} {entry} (16 pairs)", run.Errors, StringComparison.Ordinal);
        }
    }

    private DpoRunOptions Of(string kind)
    {
        var run = new DpoRunOptions
        {
            ModelNameOrPath = Golden.Path("trl/model_a"),
            DatasetName = Golden.Path("trl/dpo_lora/pairs.json"),
            OutputDir = Output,
            PrecomputeRefLogProbs = true,
            Dtype = DtypeChoice.Float32,
            MaxLength = null,
            LearningRate = 5e-4,
            PerDeviceTrainBatchSize = 4,
            MaxSteps = 6, // an epoch has four
            LoggingSteps = new StepInterval(1),
            SaveStrategy = IntervalChoice.No,
        };
        var adapter = Golden.Path("trl/dpo_preinit/adapter_init");
        return kind switch
        {
            "fresh adapter" => run with { UsePeft = true },
            "loaded adapter" => run with { AdapterNameOrPath = adapter },
            "base" => run with { AdapterNameOrPath = adapter, Reference = ReferenceChoice.Base },
            "model" => run with { AdapterNameOrPath = adapter, Reference = ReferenceChoice.Model, RefModelNameOrPath = Golden.Path("trl/model_a") },
            _ => run,
        };
    }

    private string Reversed()
    {
        var rows = JsonNode.Parse(File.ReadAllText(Golden.Path("trl/dpo_lora/pairs.json")))!.AsArray();
        return _folder.Write("reversed.json", $"[{string.Join(',', rows.Reverse().Select(row => row!.ToJsonString()))}]");
    }

    // A loaded adapter whose model, adapter and rows lie in a folder of their own.
    private DpoRunOptions Copied(string folder)
    {
        string Copy(string source, string target)
        {
            var path = Directory.CreateDirectory(Path.Combine(_folder.Path, folder, target)).FullName;
            foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
            return path;
        }
        var options = Of("loaded adapter");
        var model = Copy(options.ModelNameOrPath, "model");
        File.WriteAllText(Path.Combine(model, "tokenizer_config.json"), "{}");
        return options with
        {
            ModelNameOrPath = model,
            AdapterNameOrPath = Copy(options.AdapterNameOrPath!, "adapter"),
            DatasetName = Path.Combine(Copy(Path.GetDirectoryName(options.DatasetName)!, "data"), "pairs.json"),
        };
    }

    // A space more in JSON, the last bit of the last weight: it reads as before and is another file.
    private static void Change(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (file.EndsWith(".json", StringComparison.Ordinal)) bytes = [.. bytes, (byte)' '];
        else bytes[^4] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private RunHost Host() => RunHost.Silent with { Note = _notes.Add, CacheFolder = Cache };

    // The metrics of a run without what no two runs have in common.
    private string Run(DpoRunOptions options)
    {
        _notes.Clear();
        TorchThread.Run(() => DpoRecipe.Run(options, Host()));
        return EvaluationTime().Replace(File.ReadAllText(Path.Combine(Output, "metrics.jsonl")), "");
    }

    [GeneratedRegex(@"""eval_runtime"":[^,}]*")]
    private static partial Regex EvaluationTime();
}
