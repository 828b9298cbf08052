using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Acceptance.Commands;
using AlignSharp.Checkpoints;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Recipes;

/// <summary>Training over 4-bit bases, and <c>align quantize</c>, against the real programs (golden/qlora/README.md, tiny_qlora).</summary>
public sealed class QloraTests : IDisposable
{
    private const string Stored = "qlora/tiny_qlora/base_bnb4", Full = "qlora/tiny_qlora/base_full";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Output => Path.Combine(_folder.Path, "out");

    // The golden's model was cast to bfloat16 with its rotary frequencies; the engine's has them in float32, as a loaded model has. That is what the distances
    // are; with the golden's rounding they are below 1e-5 (QloraGoldenTests).
    [Fact]
    public void The_golden_run_gives_the_losses_and_the_adapter_of_the_real_programs()
    {
        Succeed("sft", Sft(Stored) + $"adapter_name_or_path: {Golden.Path("qlora/tiny_qlora/adapter_init")}\n");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("qlora/tiny_qlora/expected.json")));
        var rows = Rows();
        foreach (var (log, row) in json.RootElement.GetProperty("training").GetProperty("log").EnumerateArray().Zip(rows))
        {
            Assert.Equal(log.GetProperty("loss").GetDouble(), row["loss"]!.GetValue<double>(), 1e-4);
            Assert.Equal(log.GetProperty("grad_norm_before_clip").GetDouble(), row["grad_norm"]!.GetValue<double>(), 1e-4);
            Assert.Equal(log.GetProperty("lr").GetDouble(), row["learning_rate"]!.GetValue<double>(), 1e-12);
        }
        Assert.Equal(6, rows.Length);
        using var golden = SafetensorsFile.Open(Golden.Path("qlora/tiny_qlora/adapter_trained/adapter_model.safetensors"));
        using var ours = SafetensorsFile.Open(Path.Combine(Output, "adapter_model.safetensors"));
        Assert.Equal(golden.Names.Order(StringComparer.Ordinal), ours.Names.Order(StringComparer.Ordinal));
        foreach (var name in golden.Names) Assert.InRange(TensorCompare.Absolute(golden.Read(name), ours.Read(name)), 0, 3e-4);
    }

    [Fact]
    public void A_base_that_is_quantised_as_it_is_loaded_trains_as_the_stored_one()
    {
        var adapter = $"adapter_name_or_path: {Golden.Path("qlora/tiny_qlora/adapter_init")}\n";
        Succeed("sft", Sft(Stored) + adapter);
        var stored = Rows().Select(row => row["loss"]!.GetValue<double>()).ToArray();
        Directory.Delete(Output, recursive: true);
        // The nested scales' mean differs in its last bit, and the recorded type is float32 here, so that gradients meet unrounded weights.
        Succeed("sft", Sft(Full) + adapter + "load_in_4bit: true\nbnb_4bit_use_double_quant: true\n");
        foreach (var (expected, row) in stored.Zip(Rows())) Assert.Equal(expected, row["loss"]!.GetValue<double>(), 1e-4);
        Directory.Delete(Output, recursive: true);
        // The flow of prepare_model_for_kbit_training: bfloat16 products in a float32 stream.
        Succeed("sft", Sft(Full) + adapter + "load_in_4bit: true\nbnb_4bit_use_double_quant: true\nbnb_4bit_compute_dtype: bfloat16\n");
        var mixed = Rows().Select(row => row["loss"]!.GetValue<double>()).ToArray();
        Assert.All(stored.Zip(mixed), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 1e-6, 2e-2));
    }

    [Fact]
    public void Preference_training_over_four_bits_learns_and_knows_its_reference()
    {
        var errors = Succeed("dpo", $"""
            model_name_or_path: {Golden.Path(Full)}
            dataset_name: {Pairs()}
            output_dir: {Output}
            load_in_4bit: true
            use_peft: true
            lora_target_modules: all-linear
            lora_r: 4
            learning_rate: 5.0e-3
            per_device_train_batch_size: 4
            max_steps: 12
            logging_steps: 1
            save_strategy: "no"
            precompute_ref_log_probs: true
            ref_logps_cache: false

            """);
        var losses = Rows().Select(row => row["loss"]!.GetValue<double>()).ToArray();
        Assert.Equal(Math.Log(2), losses[0], 2e-2); // bfloat16 where the processor multiplies it
        Assert.True(losses[^1] < losses[0] - 0.05, string.Join(", ", losses));
        Assert.Contains("done: 12 updates", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_writes_what_is_scored_as_the_original_quantised_on_the_way()
    {
        var target = Path.Combine(_folder.Path, "nf4");
        var run = CommandRun.Of("quantize", "--model", Golden.Path(Full), "--output_dir", target, "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var report = run.Lines.Single();
        Assert.Equal(14, report.GetProperty("projections").GetInt32());
        Assert.True(report.GetProperty("double_quant").GetBoolean());
        // 4 bits, 8 for 64 elements, and tables that only a tiny model notices.
        Assert.InRange(report.GetProperty("bits_per_weight").GetDouble(), 4.125, 7);
        Assert.True(report.GetProperty("bytes_after").GetInt64() < report.GetProperty("bytes_before").GetInt64());
        var rows = _folder.Write("rows.jsonl", """{"input_ids": [1, 5, 9, 30, 31, 7]}""");
        double[] Scores(params string[] words) => [.. CommandRun.Of(["score", .. words, rows]).Lines.Single().GetProperty("logps").EnumerateArray().Select(logp => logp.GetDouble())];
        var expected = Scores("--model", Golden.Path(Stored));
        foreach (var (a, b) in expected.Zip(Scores("--model", target))) Assert.Equal(a, b, 1e-5);
        foreach (var (a, b) in expected.Zip(Scores("--model", Golden.Path(Full), "--load_in_4bit", "--bnb_4bit_use_double_quant", "true"))) Assert.Equal(a, b, 1e-5);
        Assert.NotEqual(expected, Scores("--model", Golden.Path(Full), "--load_in_4bit", "--bnb_4bit_quant_type", "fp4"));
        Assert.Equal(2, CommandRun.Of("quantize", "--model", Golden.Path(Full), "--output_dir", target).Code);
    }

    [Fact]
    public void What_cannot_be_quantised_is_refused_and_leaves_nothing()
    {
        var target = Path.Combine(_folder.Path, "none");
        CommandRun.Of("quantize", "--model", Golden.Path(Stored), "--output_dir", target).AssertFault(2, "is in 4 bits already");
        CommandRun.Of("quantize", "--model", Golden.Path("qlora/tiny_qlora/adapter_init"), "--output_dir", target).AssertFault(2, "is an adapter; quantise its base");
        CommandRun.Of("quantize", "--model", Golden.Path(Full), "--output_dir", target, "--bnb_4bit_use_double_quant", "maybe").AssertFault(2, "maybe is not known; expected true, false");
        var damaged = Directory.CreateDirectory(Path.Combine(_folder.Path, "damaged")).FullName;
        using (var source = SafetensorsFile.Open(Path.Combine(Golden.Path(Full), "model.safetensors")))
        {
            var tensors = source.Names.Select(name => KeyValuePair.Create(name, source.Read(name))).ToList();
            tensors.Single(tensor => tensor.Key == "model.layers.1.mlp.up_proj.weight").Value[3, 5] = float.NaN;
            SafetensorsWriter.Write(Path.Combine(damaged, "model.safetensors"), tensors);
        }
        File.Copy(Path.Combine(Golden.Path(Full), "config.json"), Path.Combine(damaged, "config.json"));
        CommandRun.Of("quantize", "--model", damaged, "--output_dir", target).AssertFault(2, "tensor 'model.layers.1.mlp.up_proj.weight': there are NaN or infinite values in elements 192 to 256");
        Assert.False(Directory.Exists(target));
    }

    [Theory]
    [InlineData(Stored, "", "dequantized", "merged_dequantised", 0.1)]
    [InlineData(Full, "--load_in_4bit --bnb_4bit_use_double_quant true", "dequantized", "merged_dequantised", 0.1)]
    [InlineData(Full, "--load_in_4bit --bnb_4bit_use_double_quant true --into original", "original", "merged_full", 3.0)]
    [InlineData(Full, "", "original", "merged_full", null)]
    public void Merged_weights_are_those_of_the_real_programs(string model, string words, string into, string golden, double? mostFromTrained)
    {
        var target = Path.Combine(_folder.Path, "merged");
        var run = CommandRun.Of(["merge", "--model", Golden.Path(model), "--adapter", Golden.Path("qlora/tiny_qlora/adapter_trained"), "--output_dir", target, "--json", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.True(run.Code == 0, run.Error);
        var report = run.Lines.Single();
        Assert.Equal(into, report.GetProperty("into").GetString());
        Assert.True(report.GetProperty("max_abs_logit_difference").GetDouble() <= report.GetProperty("allowed_logit_difference").GetDouble());
        var fromTrained = report.GetProperty("max_abs_difference_from_trained");
        // The quantisation's error is larger than a rounding and smaller than the logits.
        if (mostFromTrained is { } most) Assert.InRange(fromTrained.GetDouble(), most > 1 ? 0.2 : 1e-4, most);
        else Assert.Equal(JsonValueKind.Null, fromTrained.ValueKind);
        using var expected = Checkpoint.Open(Golden.Path($"qlora/tiny_qlora/{golden}"));
        using var found = Checkpoint.Open(target);
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), found.Names.Order(StringComparer.Ordinal));
        foreach (var name in expected.Names)
        {
            Assert.Equal(expected.Entry(name).Dtype, found.Entry(name).Dtype);
            var differing = (expected.Read(name) - found.Read(name)).ne(0).sum().item<long>();
            // One value in a thousand lies so near the middle of two that the order of a sum decides.
            Assert.InRange(differing, 0, expected.Entry(name).Shape.Aggregate(1L, (product, size) => product * size) / 1000 + 1);
        }
        Assert.Null(ModelConfigReader.Read(target).Quantization);
    }

    [Fact]
    public void Merged_back_into_four_bits_the_folder_is_of_four_bits_and_computes_what_was_merged()
    {
        var target = Path.Combine(_folder.Path, "merged");
        var run = CommandRun.Of("merge", "--model", Golden.Path(Stored), "--adapter", Golden.Path("qlora/tiny_qlora/adapter_trained"), "--output_dir", target, "--into", "4bit");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("from what was trained, the 4-bit base with its adapters on, they differ by", run.Output, StringComparison.Ordinal);
        Assert.NotNull(ModelConfigReader.Read(target).Quantization);
        using var found = Checkpoint.Open(target);
        using var stored = Checkpoint.Open(Golden.Path(Stored));
        Assert.Equal(stored.Names.Order(StringComparer.Ordinal), found.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_merge_cannot_know_or_do_is_one_line()
    {
        string[] Words(string model, params string[] more) =>
            ["merge", "--model", Golden.Path(model), "--adapter", Golden.Path("qlora/tiny_qlora/adapter_trained"), "--output_dir", Path.Combine(_folder.Path, "merged"), .. more];
        CommandRun.Of(Words(Stored, "--into", "original")).AssertFault(2, "has no original weights, only those of 4 bits");
        CommandRun.Of(Words(Stored, "--load_in_4bit")).AssertFault(2, "is in 4 bits already");
        CommandRun.Of(Words(Full, "--into", "4bit")).AssertFault(2, "is in full precision, and the adapters do not say that they were trained over 4 bits");
        CommandRun.Of(Words(Full, "--into", "dequantized")).AssertFault(2, "add load_in_4bit, or leave into out");
        CommandRun.Of(Words(Stored, "--into", "4bit", "--dtype", "float32")).AssertFault(2, "keeps its own types");
        CommandRun.Of(Words(Full, "--bnb_4bit_quant_type", "nf4")).AssertFault(2, "means nothing without --load_in_4bit");
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "merged")));
    }

    [Fact]
    public void A_merge_knows_from_the_lineage_that_the_base_was_of_four_bits()
    {
        Succeed("sft", Sft(Full) + "load_in_4bit: true\nbnb_4bit_quant_type: fp4\nuse_peft: true\n");
        var target = Path.Combine(_folder.Path, "merged");
        var run = CommandRun.Of("merge", "--model", Output, "--output_dir", target, "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("was trained over the base in fp4, says its lineage.json", run.Error, StringComparison.Ordinal);
        Assert.Equal("dequantized", run.Lines.Single().GetProperty("into").GetString());
    }

    [Theory]
    [InlineData(Full, "load_in_4bit: true\n", "weights of 4 bits are frozen; train an adapter")]
    [InlineData(Stored, "", "weights of 4 bits are frozen; train an adapter")]
    [InlineData(Full, "load_in_8bit: true\n", "load_in_8bit: true is refused: 8-bit bases are not available; load_in_4bit: true needs less memory, dtype: bfloat16 loses less")]
    [InlineData(Stored, "load_in_4bit: true\nuse_peft: true\nbnb_4bit_quant_type: fp4\n", "is stored in nf4 with nested scales")]
    [InlineData(Full, "load_in_4bit: true\nuse_peft: true\nbnb_4bit_quant_type: nf5\n", "nf5 is not known; expected one of nf4, fp4")]
    public void Contradictions_are_one_line(string model, string keys, string words)
    {
        var (code, errors) = Run("sft", Sft(model) + keys);
        Assert.Equal(2, code);
        Assert.Contains(words, errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Output, "adapter_model.safetensors")));
    }

    [Fact]
    public void Keys_of_four_bits_without_them_are_noted()
    {
        Assert.Contains("bnb_4bit_quant_type: means nothing without load_in_4bit: true", Succeed("sft", Sft(Full) + "use_peft: true\nbnb_4bit_quant_type: fp4\n"), StringComparison.Ordinal);
    }

    // The training batches of the golden, without their padding.
    private string Sft(string model)
    {
        using var file = SafetensorsFile.Open(Golden.Path("qlora/tiny_qlora/expected.safetensors"));
        var rows = new JsonArray();
        for (var step = 0; step < 6; step++)
        {
            for (var micro = 0; micro < 2; micro++)
            {
                Tensor Read(string name) => file.Read($"train.step{step}.mb{micro}.{name}");
                using Tensor ids = Read("input_ids"), labels = Read("labels"), mask = Read("attention_mask");
                for (var row = 0; row < 2; row++)
                {
                    var length = mask[row].sum().item<long>();
                    JsonArray Numbers(Tensor values) => new([.. Enumerable.Range(0, (int)length).Select(t => JsonValue.Create(values[row, t].item<long>()))]);
                    rows.Add(new JsonObject { ["input_ids"] = Numbers(ids), ["labels"] = Numbers(labels) });
                }
            }
        }
        return $"""
            model_name_or_path: {Golden.Path(model)}
            dataset_name: {_folder.Write("rows.json", rows.ToJsonString())}
            output_dir: {Output}
            train_sampling_strategy: sequential
            sft_token_count: unshifted
            dtype: float32
            learning_rate: 5.0e-3
            warmup_steps: 2
            weight_decay: 0.01
            per_device_train_batch_size: 2
            gradient_accumulation_steps: 2
            max_steps: 6
            max_grad_norm: 0.3
            logging_steps: 1
            save_strategy: "no"

            """;
    }

    private string Pairs()
    {
        var random = new Random(3);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(3, 96))];
        return _folder.Write("pairs.json", JsonSerializer.Serialize(Enumerable.Range(0, 8).Select(_ => new { prompt_ids = Ids(4), chosen_ids = Ids(6), rejected_ids = Ids(5) })));
    }

    private JsonNode[] Rows() => [.. File.ReadAllLines(Path.Combine(Output, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)];

    private string Succeed(string command, string yaml)
    {
        var (code, errors) = Run(command, yaml);
        Assert.True(code == 0, errors);
        return errors;
    }

    private (int Code, string Errors) Run(string command, string yaml)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var runs = new TrainingRuns(error, new RecordingTracker());
        var code = new CommandLine(TextWriter.Null, error, 80, runs.Dpo, SftCommand.Create(TextWriter.Null, error, 80, runs.Sft)).Run([command, "--config", _folder.Write("run.yaml", yaml)], TestContext.Current.CancellationToken);
        return (code, error.ToString());
    }
}
