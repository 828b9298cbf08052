using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AlignSharp.Checkpoints;
using AlignSharp.Cli;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Testing;
using AlignSharp.Tracking;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary><c>align dpo</c> from a YAML file to an output folder, against whole runs of TRL (golden/trl/README.md).</summary>
public sealed class DpoRecipeTests : IDisposable
{
    private static readonly string[] Metrics =
        ["loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "logps/chosen", "logps/rejected"];

    // Means over the tokens of a batch, which depend on what is in it, and a time.
    private static readonly string[] NotOfPairs = ["entropy", "mean_token_accuracy", "logits/chosen", "logits/rejected", "runtime"];

    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;
    private readonly CancellationTokenSource _interruption = new();

    public void Dispose()
    {
        _interruption.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Output => Path.Combine(_folder, "out");

    [Fact]
    public void The_golden_run_gives_the_trajectory_and_the_adapter_of_trl()
    {
        Succeed(GoldenRun("dpo_lora"));
        AssertTrajectory("trl/dpo_lora/trajectory_trl_v1.9.0.json", "entropy", "mean_token_accuracy", "logits/chosen", "logits/rejected", "num_tokens");
        AssertWeights(Golden.Path("trl/dpo_lora/adapter_final_trl_v1.9.0/adapter_model.safetensors"), Path.Combine(Output, "adapter_model.safetensors"));
        var (expected, found) = (Json(Golden.Path("trl/dpo_lora/adapter_final_trl_v1.9.0/adapter_config.json")), Json(Path.Combine(Output, "adapter_config.json")));
        foreach (var key in new[] { "r", "lora_alpha", "peft_type", "task_type", "bias", "use_rslora", "inference_mode" }) Assert.True(JsonNode.DeepEquals(expected[key], found[key]), key);
        Assert.Equal(expected["target_modules"]!.AsArray().Select(n => (string)n!).Order(), found["target_modules"]!.AsArray().Select(n => (string)n!).Order());
        Assert.Contains("library_name: peft", File.ReadAllText(Path.Combine(Output, "README.md")), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Output), path => Path.GetFileName(path).StartsWith('.'));
    }

    [Fact]
    public void A_mix_of_losses_gives_the_trajectory_and_the_adapter_of_trl()
    {
        Succeed(GoldenRun("dpo_lora_mix") + "loss_type: [sigmoid, sft]\nloss_weights: [1.0, 0.5]\n");
        AssertTrajectory("trl/dpo_lora_mix/trajectory_trl_v1.9.0.json", "entropy", "mean_token_accuracy", "logits/chosen", "logits/rejected", "num_tokens");
        AssertWeights(Golden.Path("trl/dpo_lora_mix/adapter_final_trl_v1.9.0/adapter_model.safetensors"), Path.Combine(Output, "adapter_model.safetensors"));
        Assert.Contains("sigmoid + 0.5 × sft, beta 0.1", File.ReadAllText(Path.Combine(Output, "README.md")), StringComparison.Ordinal);
        var mixed = Rows();
        Succeed(GoldenRun("dpo_lora_mix") + "rpo_alpha: 0.5\n");
        foreach (var (row, other) in mixed.Zip(Rows())) Assert.Equal(row["loss"]!.GetValue<double>(), other["loss"]!.GetValue<double>());
    }

    [Fact]
    public void Every_loss_trains_and_every_key_of_a_loss_acts()
    {
        var run = GoldenRun("dpo_lora") + "max_steps: 3\nlearning_rate: 5.0e-3\n";
        string Last(string keys)
        {
            Succeed(run + keys);
            return Convert.ToHexString(File.ReadAllBytes(Path.Combine(Output, "adapter_model.safetensors")));
        }
        var seen = new Dictionary<string, string>();
        // aot_pair is another name of aot_unpaired, robust without smoothing is sigmoid, and so is aot while margins keep their order.
        foreach (var keys in AlignSharp.Objectives.Registry.Names.Where(name => name is not ("aot" or "aot_pair")).Select(name => $"loss_type: {name}\n" + (name is "exo_pair" or "robust" ? "label_smoothing: 0.001\n" : "")).Concat(
        [
            "label_smoothing: 0.1\n", "f_divergence_type: forward_kl\n", "f_divergence_type: js_divergence\n", "f_divergence_type: alpha_divergence\n",
            "f_divergence_type: alpha_divergence\nf_alpha_divergence_coef: 0.3\n", "f_divergence_type: alpha_divergence\nf_alpha_divergence_coef: 0.3\nloss_version: trl_0.13\n",
            "ld_alpha: 0.5\n", "use_weighting: true\n", "rpo_alpha: 1.0\n", "reference_free: true\n", "loss_type: [sigmoid, bco_pair, sft]\nloss_weights: [0.8, 0.2, 1.0]\n",
            "loss_type: aot\nlabel_smoothing: 0.2\n", "loss_type: discopop\ndiscopop_tau: 0.5\n", "loss_type: bco_pair\nloss_version: trl_0.13\n", "loss_type: ipo\nloss_version: trl_0.7.1\n",
        ]))
        {
            var weights = Last(keys);
            Assert.False(seen.TryGetValue(weights, out var same), $"{keys} gives the weights of {same}");
            seen.Add(weights, keys);
        }
    }

    [Fact]
    public void A_precomputed_reference_sums_as_the_policy_does()
    {
        Succeed(GoldenRun("dpo_lora") + "ld_alpha: 0.3\n");
        var computed = Rows();
        Assert.Equal(0, computed[0]["rewards/chosen"]!.GetValue<double>(), 1e-6);
        Succeed(GoldenRun("dpo_lora") + "ld_alpha: 0.3\n" + Precompute(true));
        foreach (var (row, other) in computed.Zip(Rows())) Assert.Equal(row["loss"]!.GetValue<double>(), other["loss"]!.GetValue<double>(), 1e-6);
    }

    [Theory]
    [InlineData("dpo_lora_trl07", null)]
    [InlineData("dpo_lora_trl07_trunc", "prompts cut to max_prompt_length (8), their end stays")]
    public void A_run_of_trl_07_is_repeated_with_its_truncation(string run, string? note)
    {
        var trajectory = $"trl/{run}/trajectory_trl_v0.7.1.json";
        var config = Json(Golden.Path(trajectory))["config"]!;
        var (code, error) = Run(GoldenRun(run, version: "0.7.1") + $"max_length: {config["max_length"]}\nmax_prompt_length: {config["max_prompt_length"]}\ntruncation_mode: keep_end\n");
        Assert.True(code == 0, error);
        if (note is null) Assert.DoesNotContain("cut to", error, StringComparison.Ordinal);
        else Assert.Contains(note, error, StringComparison.Ordinal);
        AssertTrajectory(trajectory); // its logits/* are means over prompt and padding too, and not ours
        AssertWeights(Golden.Path($"trl/{run}/adapter_final_trl_v0.7.1/adapter_model.safetensors"), Path.Combine(Output, "adapter_model.safetensors"));
    }

    [Theory]
    [InlineData("auto", "trl/dpo_preinit/trajectory_trl_v1.9.0.json")]
    [InlineData("adapter", "trl/dpo_preinit/trajectory_trl_v1.9.0.json")]
    [InlineData("base", "trl/dpo_preinit/trajectory_trl_v0.13.0.json")]
    [InlineData("model", "trl/dpo_preinit/trajectory_trl_v0.13.0.json")] // the base under another name
    public void A_continued_adapter_has_the_reference_that_was_asked_for(string reference, string trajectory)
    {
        foreach (var precompute in new[] { false, true })
        {
            var second = reference == "model" ? $"ref_model_name_or_path: {Golden.Path("trl/model_a")}\n" : "";
            Succeed(GoldenRun("dpo_preinit", "trl/dpo_preinit/adapter_init") + $"reference: {reference}\n{Precompute(precompute)}{second}");
            AssertTrajectory(trajectory);
        }
    }

    [Fact]
    public void Without_a_reference_rewards_are_beta_times_the_policys_log_probabilities()
    {
        Succeed(GoldenRun("dpo_lora") + "reference: none\n");
        foreach (var row in Rows()) Assert.Equal(0.1 * row["logps/chosen"]!.GetValue<double>(), row["rewards/chosen"]!.GetValue<double>(), 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_run_gives_the_trajectory_and_the_weights_of_trl(bool precompute)
    {
        Succeed(GoldenRun("dpo_full", adapter: null) + Precompute(precompute));
        AssertTrajectory("trl/dpo_full/trajectory_trl_v1.9.0.json");
        AssertWeights(Golden.Path("trl/dpo_full/final_trl_v1.9.0.safetensors"), Path.Combine(Output, "model.safetensors"));
        Assert.Equal(ModelConfigReader.Read(Golden.Path("trl/model_a")).Shape, ModelConfigReader.Read(Output).Shape);
    }

    [Fact]
    public void Evaluations_are_rows_of_their_own()
    {
        Succeed(GoldenRun("dpo_lora") + $"max_steps: 4\neval_dataset_name: {Golden.Path("trl/dpo_lora/pairs.json")}\neval_strategy: steps\neval_steps: 2\neval_on_start: true\n");
        var evaluations = Rows().Where(row => row.ContainsKey("eval_loss")).ToArray();
        Assert.Equal([0, 2, 4], evaluations.Select(row => row["step"]!.GetValue<int>()));
        Assert.Equal(Math.Log(2), evaluations[0]["eval_loss"]!.GetValue<double>(), 1e-6);
        foreach (var key in Metrics) Assert.All(evaluations, row => Assert.True(row.ContainsKey("eval_" + key), key));
        Assert.Equal(4, Rows().Count(row => row.ContainsKey("loss")));
    }

    [Fact]
    public void The_newest_checkpoints_stay_and_can_be_continued()
    {
        Succeed(GoldenRun("dpo_lora") + "max_steps: 7\nsave_strategy: steps\nsave_steps: 2\nsave_total_limit: 2\nlogging_steps: 3\n");
        Assert.Equal(["checkpoint-4", "checkpoint-6"], Directory.GetDirectories(Output).Select(Path.GetFileName).Order());
        foreach (var (folder, step) in new[] { ("checkpoint-4", 4), ("checkpoint-6", 6), ("", 7) })
        {
            var state = Json(Path.Combine(Output, folder, "trainer_state.json"));
            Assert.Equal(step, state["global_step"]!.GetValue<int>());
            Assert.Equal(7, state["max_steps"]!.GetValue<int>());
            Assert.Equal(step / 2.0, state["epoch"]?.GetValue<double>()); // sixteen pairs, eight an update
            Assert.Equal(step / 3, state["log_history"]!.AsArray().Count);
            foreach (var key in new[] { "best_metric", "eval_steps", "logging_steps", "save_steps", "num_train_epochs", "train_batch_size", "num_input_tokens_seen", "total_flos" })
                Assert.True(state.ContainsKey(key), key);
        }
        Succeed(GoldenRun("dpo_lora", adapter: null) + $"model_name_or_path: {Path.Combine(Output, "checkpoint-6")}\noutput_dir: {Output}2\nmax_steps: 1\n");
    }

    [Fact]
    public void An_interrupted_run_saves_a_checkpoint_says_so_and_ends_with_75()
    {
        var (code, error) = Run(GoldenRun("dpo_lora"), new Interrupter(_interruption, step: 3));
        Assert.Equal(75, code);
        Assert.Contains("checkpoint-3", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Output, "checkpoint-3", "adapter_model.safetensors")));
        Assert.False(File.Exists(Path.Combine(Output, "adapter_model.safetensors")));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_saved_leaves_no_unfinished_one()
    {
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "checkpoint-1"), "a file in its place");
        var (code, _) = Run(GoldenRun("dpo_lora") + "save_strategy: steps\nsave_steps: 1\n");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Output), path => Path.GetFileName(path).StartsWith('.'));
    }

    [Fact]
    public void Text_rows_are_tokenised_and_the_tokenizer_is_carried_along()
    {
        var model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        TinyModelFolder.Create(model, TinyLlama.Config with { VocabularySize = 400 }, 1);
        string[] texts = ["Is water wet? Yes, it is.", "Is fire cold? No, it is hot."];
        BpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = 300 }).Save(model);
        var data = Path.Combine(_folder, "pairs.jsonl");
        File.WriteAllText(data, """
            {"prompt": "Is water wet?", "chosen": " Yes, it is.", "rejected": " No."}
            {"prompt": "Is fire cold?", "chosen": " No, it is hot.", "rejected": " Yes, Ünïcode."}

            """);
        Succeed($"model_name_or_path: {model}\ndataset_name: {data}\noutput_dir: {Output}\nuse_peft: true\nmax_steps: 2\nlogging_steps: 1\ndtype: float32\nreport_to: none\n");
        Assert.Equal(2, Rows().Length);
        Assert.Equal(File.ReadAllBytes(Path.Combine(model, "tokenizer.json")), File.ReadAllBytes(Path.Combine(Output, "tokenizer.json")));
    }

    [Fact]
    public void A_second_run_replaces_the_result_of_the_first_and_equals_it()
    {
        Succeed(GoldenRun("dpo_lora") + "max_steps: 2\n");
        var first = Directory.GetFiles(Output).ToDictionary(f => f, File.ReadAllBytes);
        Succeed(GoldenRun("dpo_lora") + "max_steps: 2\n");
        Assert.Equal(first.Keys.Order(), Directory.GetFiles(Output).Order());
        Assert.All(first, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Theory]
    [InlineData("dataset_name: absent.json\n", 2, "absent.json")]
    [InlineData("model_name_or_path: absent\n", 2, "there is no folder 'absent'")]
    [InlineData("reference: model\nref_model_name_or_path: absent\n", 2, "ref_model_name_or_path: there is no folder 'absent'")]
    [InlineData("lora_r: 4\n", 2, "lora_r differs from the loaded adapter's")]
    [InlineData("device: cuda:99\n", 2, "cuda:99")]
    public void A_wrong_setting_ends_with_2_before_training(string yaml, int code, string expected) => AssertFails(GoldenRun("dpo_lora") + yaml, code, expected);

    [Theory]
    [InlineData("", "")]
    [InlineData("""{"prompt_ids":[1,5],"chosen_ids":[6,2],"rejected_ids":[6,2]}""", ":1")]
    [InlineData("""{"prompt_ids":[1,5],"chosen_ids":[6,2],"rejected_ids":[999,2]}""", "999")]
    [InlineData("""{"prompt_ids":[1,5],"chosen_ids":[6,2]}""", "rejected")]
    [InlineData("""{"prompt_ids":[1,5],"chosen_ids":[6,2],"rejected_ids":[]}""", ":1")]
    [InlineData("""{"prompt":"a","chosen":"b","rejected":"c"}""", "the model folder has no tokenizer", 2)]
    public void Bad_rows_end_with_3_before_training_and_a_missing_tokenizer_with_2(string row, string expected, int code = 3)
    {
        var data = Path.Combine(_folder, "bad.jsonl");
        File.WriteAllText(data, row);
        AssertFails(GoldenRun("dpo_lora") + $"dataset_name: {data}\n", code, expected);
    }

    [Fact]
    public void Dora_on_an_embedding_and_targets_that_match_nothing_at_all_are_refused()
    {
        AssertFails(GoldenRun("dpo_lora", adapter: null) + "use_peft: true\nuse_dora: true\nlora_target_modules: [q_proj, embed_tokens]\n", 2, "use_dora is not available for the embedding 'model.embed_tokens'");
        AssertFails(GoldenRun("dpo_lora", adapter: null) + "use_peft: true\nlora_target_modules: [wte, fc_in]\n", 2, "no projection matches");
    }

    [Fact]
    public void Target_names_that_a_Llama_does_not_have_are_left_out_and_named()
    {
        var (code, error) = Run(GoldenRun("dpo_lora", adapter: null) + "use_peft: true\nmax_steps: 1\nlora_target_modules: [q_proj, wte, fc_in]\n");
        Assert.Equal(0, code);
        Assert.Contains("wte, fc_in match no projection", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", "float32", false)]
    [InlineData("bfloat16", "bfloat16", true)]
    public void Full_fine_tuning_keeps_float32_weights_unless_told_otherwise(string dtype, string expected, bool warns)
    {
        var (code, error) = Run(GoldenRun("dpo_full", adapter: null) + $"max_steps: 1\ndtype: {dtype}\n");
        Assert.Equal(0, code);
        Assert.Equal(expected, (string?)Json(Path.Combine(Output, "config.json"))["torch_dtype"]);
        Assert.Equal(warns, error.Contains("loses updates below the last bit", StringComparison.Ordinal));
    }

    [Fact]
    public void The_configuration_of_a_run_continues_from_its_own_checkpoint()
    {
        var yaml = GoldenRun("dpo_lora", adapter: null) + "use_peft: true\nlora_target_modules: all-linear\nmax_steps: 2\nsave_strategy: steps\nsave_steps: 2\n";
        Succeed(yaml);
        Succeed(yaml + $"adapter_name_or_path: {Path.Combine(Output, "checkpoint-2")}\noutput_dir: {Output}2\n");
        var (code, error) = Run(yaml + $"adapter_name_or_path: {Path.Combine(Output, "checkpoint-2")}\noutput_dir: {Output}3\nlora_target_modules: [q_proj]\n");
        Assert.Equal(2, code);
        Assert.Contains("means other projections than the loaded adapter's (q_proj, k_proj", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Full_fine_tuning_in_float16_is_refused() =>
        AssertFails(GoldenRun("dpo_full", adapter: null) + "max_steps: 1\ndtype: float16\n", 2, "full fine-tuning in float16 is not possible");

    [Fact]
    public void A_batch_larger_than_the_data_is_one_batch_an_epoch()
    {
        Succeed(GoldenRun("dpo_lora") + "per_device_train_batch_size: 2147483647\ngradient_accumulation_steps: 1\nmax_steps: 2\n");
        Assert.Equal(2, (double)Rows()[^1]["epoch"]!);
    }

    [Theory]
    [InlineData(20, true)] // of pairs with 16 to 32 tokens
    [InlineData(60, false)]
    [InlineData(1000, false)]
    public void A_token_budget_changes_neither_metrics_nor_weights(int maxTokens, bool someExceedIt)
    {
        var run = GoldenRun("dpo_lora") + $"eval_dataset_name: {Golden.Path("trl/dpo_lora/pairs.json")}\neval_strategy: steps\neval_steps: 5\n";
        Succeed(run);
        var (expected, counted) = (Rows(), Output + "-counted");
        Directory.Move(Output, counted);
        var (code, error) = Run(run + $"max_tokens_per_batch: {maxTokens}\n");
        Assert.True(code == 0, error);
        Assert.Equal(someExceedIt, Regex.IsMatch(error, @"\nmax_tokens_per_batch: pairs beyond 20 tokens, each a batch of its own: 12; the longest is .*pairs.json:15 with 32\n"));
        Assert.Equal(12, expected.Length);
        foreach (var (row, other) in Rows().Zip(expected))
            foreach (var (key, value) in other.Where(metric => !NotOfPairs.Contains(metric.Key.Replace("eval_", "", StringComparison.Ordinal))))
                Assert.Equal(value!.GetValue<double>(), row[key]!.GetValue<double>(), 1e-5 * Math.Max(1, Math.Abs(value.GetValue<double>())));
        AssertWeights(Path.Combine(counted, "adapter_model.safetensors"), Path.Combine(Output, "adapter_model.safetensors"));
    }

    [Fact]
    public void The_longest_batch_is_rehearsed_before_the_first_update()
    {
        var (code, error) = Run(GoldenRun("dpo_lora"));
        Assert.Equal(0, code);
        Assert.Matches(@"\nrehearsing the longest batch: 4 rows, 112 tokens \(.*pairs.json:15, .*pairs.json:14, .*pairs.json:16, .*pairs.json:13\)\nlongest batch rehearsed, peak memory [0-9.]+ GiB\n", error);
    }

    [Fact]
    public void A_file_or_a_link_where_the_output_folder_should_be_is_refused()
    {
        File.WriteAllText(Output, "kept");
        AssertFails(GoldenRun("dpo_lora"), 2, "a file stands where the output folder should be");
        Assert.Equal("kept", File.ReadAllText(Output));
        File.Delete(Output);
        Directory.CreateSymbolicLink(Output, Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName);
        AssertFails(GoldenRun("dpo_lora"), 2, "symbolic link");
    }

    // The user's own cache is not for tests.
    private static string Precompute(bool precompute) => precompute ? "precompute_ref_log_probs: true\nref_logps_cache: false\n" : "precompute_ref_log_probs: false\n";

    private string GoldenRun(string run, string? adapter = "trl/adapter_init", string version = "1.9.0")
    {
        var trajectory = Directory.GetFiles(Golden.Path($"trl/{run}"), $"trajectory_trl_v{version}.json").Single();
        var config = Json(trajectory)["config"]!;
        return $"""
            model_name_or_path: {Golden.Path("trl/model_a")}
            {(adapter is null ? "" : $"adapter_name_or_path: {Golden.Path(adapter)}")}
            dataset_name: {Golden.Path($"trl/{run}/pairs.json")}
            output_dir: {Output}
            train_sampling_strategy: sequential
            dtype: float32
            learning_rate: {config["lr"]}
            lr_scheduler_type: {config["sched"]}
            warmup_steps: {config["warmup"]}
            weight_decay: {config["wd"]}
            per_device_train_batch_size: {config["bs"]}
            gradient_accumulation_steps: {config["ga"]}
            max_steps: {config["steps"]}
            max_length: null
            max_grad_norm: {config["mgn"]}
            beta: {config["beta"]}
            logging_steps: 1
            save_strategy: "no"
            report_to: none

            """;
    }

    // A key given again replaces the earlier one, so that tests can vary the golden run; YAML itself forbids doubles.
    private (int Code, string Error) Run(string yaml, ITracker? view = null)
    {
        var lines = yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries).GroupBy(line => line.Split(':')[0]).Select(group => group.Last());
        var path = Path.Combine(_folder, "run.yaml");
        File.WriteAllLines(path, lines);
        using var error = new StringWriter();
        var runs = new TrainingRuns(error, view ?? new RecordingTracker());
        var code = new CommandLine(TextWriter.Null, error, 80, runs.Dpo).Run(["dpo", "--config", path], _interruption.Token);
        return (code, error.ToString());
    }

    private void Succeed(string yaml)
    {
        var (code, error) = Run(yaml);
        Assert.True(code == 0, error);
    }

    private void AssertFails(string yaml, int code, string expected)
    {
        var (actual, error) = Run(yaml);
        Assert.True(actual == code, $"{actual}: {error}");
        var faults = error.Split('\n').Where(line => line.StartsWith("align: error:", StringComparison.Ordinal));
        Assert.Contains(expected, Assert.Single(faults), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Output, "adapter_model.safetensors")));
        Assert.False(File.Exists(Path.Combine(Output, "metrics.jsonl")));
    }

    private JsonObject[] Rows() => [.. File.ReadLines(Path.Combine(Output, "metrics.jsonl")).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    private void AssertTrajectory(string name, params string[] more)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Golden.Path(name)));
        var (expected, rows) = (golden.RootElement.GetProperty("steps").EnumerateArray().ToArray(), Rows());
        Assert.Equal(expected.Length, rows.Length);
        foreach (var (step, row) in expected.Zip(rows))
        {
            void Near(string key, double tolerance, string? goldenKey = null) => Assert.Equal(step.GetProperty(goldenKey ?? key).GetDouble(), row[key]!.GetValue<double>(), tolerance);
            Near("step", 0);
            Near("learning_rate", 1e-12, "lr_used");
            Near("grad_norm", 1e-5 * step.GetProperty("grad_norm").GetDouble());
            Near("loss", 2e-6);
            foreach (var key in Metrics.Concat(more)) Near(key, 1e-4);
        }
    }

    private static void AssertWeights(string expectedFile, string actualFile)
    {
        using var expected = SafetensorsFile.Open(expectedFile);
        using var actual = SafetensorsFile.Open(actualFile);
        Assert.Equal(expected.Names.Order(), actual.Names.Order());
        foreach (var name in expected.Names)
        {
            using var one = expected.Read(name);
            using var other = actual.Read(name);
            Assert.Equal(one.shape, other.shape);
            Assert.InRange(TensorCompare.Absolute(one, other), 0, 2e-6);
        }
    }

    private static JsonObject Json(string path) => (JsonObject)JsonNode.Parse(File.ReadAllText(path))!;

    private sealed class Interrupter(CancellationTokenSource interruption, int step) : ITracker
    {
        public void Start(RunStart run) { }

        public void Record(StepMetrics metrics)
        {
            if (metrics.Step == step) interruption.Cancel();
        }

        public void Record(EvaluationMetrics metrics) { }

        public void Finish() { }
    }
}
