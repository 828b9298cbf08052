using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Commands;

public sealed class MergeCommandTests : IDisposable
{
    private const string QueryWeight = "model.layers.0.self_attn.q_proj.weight";
    private static readonly string Base = Golden.Path("trl/model_a");
    private static readonly string Preinit = Golden.Path("trl/dpo_preinit/adapter_init");
    private static readonly string Trained = Golden.Path("trl/dpo_lora/adapter_final_trl_v1.9.0");

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _tensors = NewDisposeScope();

    public void Dispose()
    {
        _tensors.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Merged_weights_and_logits_equal_those_of_peft()
    {
        var output = Merged("--model", Base, "--adapter", Preinit);
        using var golden = SafetensorsFile.Open(Golden.Path("trl/dpo_preinit/lora_forward.safetensors"));
        var compared = golden.Names.Where(name => name.StartsWith("merged.", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, compared.Count);
        foreach (var name in compared) Assert.InRange(TensorCompare.RelativeToMax(golden.Read(name), Weight(output, name["merged.".Length..])), 0, 1e-6);

        using var model = ModelFolder.Load(output, ModelConfigReader.Read(output), ScalarType.Float32, CPU);
        var ids = golden.Read("input_ids")[0].data<long>().ToArray().Select(id => (int)id).ToArray();
        using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence(ids, new bool[ids.Length], default)]), CPU);
        using var noGradient = no_grad();
        Assert.InRange(TensorCompare.RelativeToMax(golden.Read("logits_merged")[0], model.Logits(model.Hidden(batch.Inputs, batch.Attention))), 0, 1e-5);
    }

    [Fact]
    public async Task It_runs_as_a_process_and_reports_what_it_verified()
    {
        var result = await AlignCommand.Run(["merge", "--model", Base, "--adapter", Preinit, "--output_dir", Out, "--json"]);
        Assert.Equal(0, result.ExitCode);
        var report = JsonNode.Parse(result.Output)!.AsObject();
        Assert.Equal(
            ["output_dir", "base_model", "adapters", "dtype", "projections", "into", "max_abs_logit_difference", "allowed_logit_difference", "max_abs_logit", "max_abs_adapter_effect", "max_abs_difference_from_trained"],
            report.Select(field => field.Key));
        Assert.Equal(("float32", 4), (report["dtype"]!.GetValue<string>(), report["projections"]!.GetValue<int>()));
        Assert.InRange(report["max_abs_logit_difference"]!.GetValue<double>(), 0, 1e-5);
        Assert.InRange(report["max_abs_adapter_effect"]!.GetValue<double>(), 1e-3, 10);
        Assert.Contains("has no lineage.json that names its base", Assert.Single(result.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void The_merged_model_scores_as_the_base_with_its_adapter()
    {
        var (output, file) = (Merged("--model", Base, "--adapter", Trained), Golden.Path("trl/dpo_lora/pairs.json"));
        var adapted = CommandRun.Of("score", "--model", Base, "--adapter", Trained, file).Lines;
        var merged = CommandRun.Of("score", "--model", output, file).Lines;
        Assert.NotEmpty(merged);
        foreach (var (a, b) in adapted.Zip(merged)) Assert.Equal(a.GetProperty("chosen").GetProperty("sum").GetDouble(), b.GetProperty("chosen").GetProperty("sum").GetDouble(), 1e-4);
    }

    [Fact]
    public void Two_adapters_at_once_equal_one_after_the_other_to_the_bit()
    {
        var together = Merged("--model", Base, "--adapter", Preinit, "--adapter", Trained);
        var first = Merged("--model", Base, "--adapter", Preinit);
        var second = Merged("--model", first, "--adapter", Trained);
        Assert.Equal(File.ReadAllBytes(Path.Combine(second, "model.safetensors")), File.ReadAllBytes(Path.Combine(together, "model.safetensors")));
    }

    [Theory]
    [InlineData("--weights", "0.5", "--weights", "-2")]
    [InlineData("--weights=0.5,-2")]
    [InlineData("--weights", "0.5,-2", "--combination", "cat")]
    public void Weights_scale_each_update_in_an_exact_sum(params string[] options)
    {
        var output = Merged(["--model", Base, "--adapter", Preinit, "--adapter", Trained, .. options]);
        var expected = Weight(Base, QueryWeight) + (0.5 * Delta(Preinit)) - (2 * Delta(Trained));
        Assert.InRange(TensorCompare.RelativeToMax(expected, Weight(output, QueryWeight)), 0, 1e-6);
    }

    [Fact]
    public void Rank_stabilized_adapters_are_scaled_by_the_root_of_the_rank()
    {
        var output = Merged("--model", Base, "--adapter", Copy(Preinit, config => config["use_rslora"] = true));
        var expected = Weight(Base, QueryWeight) + (Math.Sqrt(8) * Delta(Preinit));
        Assert.InRange(TensorCompare.RelativeToMax(expected, Weight(output, QueryWeight)), 0, 1e-6);
    }

    [Fact]
    public void Bfloat16_weights_are_rounded_once_and_declared()
    {
        var output = Merged("--model", Base, "--adapter", Preinit, "--dtype", "bfloat16");
        var expected = (Weight(Base, QueryWeight) + Delta(Preinit)).to(ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, Weight(output, QueryWeight).dtype);
        Assert.Equal(0, TensorCompare.Absolute(expected, Weight(output, QueryWeight)));
        Assert.Equal(ScalarType.BFloat16, Weight(output, "model.norm.weight").dtype);
        Assert.Equal("bfloat16", Json(Path.Combine(output, "config.json"))["torch_dtype"]!.GetValue<string>());
        // The type of the base's own files is kept when none is asked for.
        var again = Merged("--model", output, "--adapter", Trained);
        Assert.Equal(ScalarType.BFloat16, Weight(again, QueryWeight).dtype);
        Assert.Equal(ScalarType.Float16, Weight(Merged("--model", Base, "--adapter", Preinit, "--dtype", "float16"), QueryWeight).dtype);
    }

    [Fact]
    public void An_adapter_folder_stands_for_its_base_and_is_the_first_adapter()
    {
        var adapter = Copy(Preinit, config => config["base_model_name_or_path"] = Base);
        Assert.Equal(Bytes(Merged("--model", Base, "--adapter", Preinit)), Bytes(Merged("--model", adapter)));
        Assert.Equal(Bytes(Merged("--model", Base, "--adapter", Preinit, "--adapter", Trained, "--weights", "1,3")), Bytes(Merged("--model", adapter, "--adapter", Trained, "--weights", "1,3")));
    }

    [Fact]
    public void Tied_weights_are_stored_once_and_tokenizer_and_generation_config_come_along()
    {
        var model = TextModel.Create(_folder.Path, """{"do_sample": false, "max_new_tokens": 5}""");
        var adapter = new LoraAdapter(new LoraOptions { Rank = 2, Targets = new AllLinearTargets() });
        using (var policy = ModelFolder.Load(model, ModelConfigReader.Read(model), ScalarType.Float32, CPU, adapter.Around))
        {
            adapter.Initialize(1);
            foreach (var weights in adapter.Weights)
                using (no_grad()) weights.B.copy_(ones_like(weights.B) * 0.05);
            Directory.CreateDirectory(Path.Combine(_folder.Path, "text-adapter"));
            AdapterFolder.Save(Path.Combine(_folder.Path, "text-adapter"), adapter, model, origin: null);
        }
        var output = Merged("--model", model, "--adapter", Path.Combine(_folder.Path, "text-adapter"));
        Assert.Equal(
            ["config.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string Completion(params string[] of) => CommandRun.Of(["generate", "--prompt", "Hello", "--dtype", "float32", "--json", .. of]).Output;
        Assert.Equal(Completion("--model", model, "--adapter", Path.Combine(_folder.Path, "text-adapter")), Completion("--model", output));

        var tied = Merged("--model", Golden.Path("trl/model_b"), "--adapter", Fitting("trl/model_b"));
        using var file = SafetensorsFile.Open(Path.Combine(tied, "model.safetensors"));
        Assert.False(file.Contains("lm_head.weight"));
    }

    [Fact]
    public void A_summed_adapter_has_the_ranks_of_all_and_scores_as_the_merged_model()
    {
        var run = Run("--model", Base, "--adapter", Preinit, "--adapter", Trained, "--weights", "1,-0.5", "--save_adapter");
        Assert.Equal(0, run.Code);
        var config = Json(Path.Combine(Out, "adapter_config.json"));
        Assert.Equal((16, 16), (config["r"]!.GetValue<int>(), config["lora_alpha"]!.GetValue<int>()));
        Assert.Equal("""["q_proj","v_proj"]""", config["target_modules"]!.ToJsonString());
        Assert.Equal(LineageModel.Of(Base).Sha256, Lineage.TryRead(Out)!.BaseModel!.Sha256);
        var merged = Merged("--model", Base, "--adapter", Preinit, "--adapter", Trained, "--weights", "1,-0.5");
        var again = Merged("--model", Base, "--adapter", Out);
        Assert.InRange(TensorCompare.RelativeToMax(Weight(merged, QueryWeight), Weight(again, QueryWeight)), 0, 1e-6);
    }

    [Fact]
    public void Adapters_of_other_targets_and_ranks_are_summed_where_they_are()
    {
        var lower = Fitting("trl/model_a", new LoraOptions { Rank = 3, Alpha = 5, RankStabilized = true, Targets = new PatternTargets(".*layers\\.0\\.(self_attn\\.o|mlp\\.down)_proj") });
        var head = Fitting("trl/model_a", new LoraOptions { Rank = 1, Alpha = 2, Targets = new NamedTargets(["lm_head", "q_proj"]) });
        string[] adapters = ["--adapter", Preinit, "--adapter", lower, "--adapter", head];
        Assert.Equal(0, Run(["--model", Base, "--save_adapter", .. adapters]).Code);
        var config = Json(Path.Combine(Out, "adapter_config.json"));
        Assert.Equal(12, config["r"]!.GetValue<int>());
        // No list of last names means just these projections, so their paths are written out.
        Assert.Equal(
            ["lm_head", "model.layers.0.mlp.down_proj", "model.layers.0.self_attn.o_proj", "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj",
                "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"],
            config["target_modules"]!.AsArray().Select(name => name!.GetValue<string>()));
        var (merged, again) = (Merged(["--model", Base, .. adapters]), Merged("--model", Base, "--adapter", Out));
        using var file = Checkpoint.Open(merged);
        foreach (var name in file.Names) Assert.InRange(TensorCompare.RelativeToMax(file.Read(name), Weight(again, name)), 0, 1e-6);
        foreach (var name in new[] { "lm_head.weight", "model.layers.0.mlp.down_proj.weight" }) Assert.InRange(TensorCompare.Absolute(Weight(Base, name), Weight(merged, name)), 1e-3, 10);
        Assert.Equal(0, TensorCompare.Absolute(Weight(Base, "model.layers.1.mlp.down_proj.weight"), Weight(merged, "model.layers.1.mlp.down_proj.weight")));
    }

    [Fact]
    public void A_base_of_other_shapes_is_refused_by_the_name_of_a_tensor()
    {
        Run("--model", Golden.Path("trl/model_b"), "--adapter", Preinit).AssertFault(2, "tensor 'base_model.model.model.layers.0.self_attn.");
        AssertNothingLeft();
    }

    [Fact]
    public void A_base_that_the_adapter_was_not_trained_on_is_refused_unless_allowed()
    {
        // The same shapes, other weights: nothing else could tell.
        var other = Merged("--model", Base, "--adapter", Trained);
        var adapter = Copy(Preinit, _ => { });
        new Lineage { BaseModel = LineageModel.Of(Base) }.Write(adapter);
        var refused = Run("--model", other, "--adapter", adapter);
        refused.AssertFault(2, $"{adapter} was trained on the base {Base} (SHA-256 ");
        refused.AssertFault(2, $"but {other} is another model");
        Assert.False(Directory.Exists(Out));
        var right = Run("--model", Base, "--adapter", adapter);
        Assert.Equal((0, ""), (right.Code, right.Error));
        var allowed = CommandRun.Of("merge", "--model", other, "--adapter", adapter, "--output_dir", Out + "-2", "--allow_other_base");
        Assert.Equal(0, allowed.Code);
        Assert.Contains("merged all the same", Assert.Single(allowed.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_and_folders_with_files_are_never_written_to()
    {
        var adapter = Copy(Preinit, _ => { });
        CommandRun.Of("merge", "--model", Base, "--adapter", adapter, "--output_dir", adapter + "/").AssertFault(2, "which is read; name a new folder");
        CommandRun.Of("merge", "--model", Base, "--adapter", adapter, "--output_dir", Base).AssertFault(2, "which is read; name a new folder");
        Directory.CreateDirectory(Out);
        Assert.Equal(0, Run("--model", Base, "--adapter", adapter).Code);
        Run("--model", Base, "--adapter", adapter).AssertFault(2, "holds files already");
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path), path => Path.GetFileName(path).StartsWith(".tmp-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--combination=ties", "density: combination ties needs the share of elements")]
    [InlineData("--combination=tie", "combination: tie is not known; expected merge, cat, linear")]
    [InlineData("--density=0.5", "density belongs to the combinations ties")]
    [InlineData("--svd_rank=4", "svd_rank belongs to the combinations svd")]
    [InlineData("--majority_sign_method=total", "majority_sign_method belongs to the combinations ties and dare_ties")]
    [InlineData("--weights=1,2", "weights: 2 are given for 1 adapters")]
    [InlineData("--weights=much", "option --weights: much is not a number")]
    [InlineData("--adapter=absent", "adapter: there is no folder 'absent'")]
    [InlineData("--dtype=int8", "option --dtype: int8 is not known")]
    [InlineData("--device=tpu", "device: 'tpu' is not known")]
    [InlineData("--wheights=1", "option --wheights is not known; did you mean --weights?")]
    public void A_bad_option_is_one_line_and_code_2(string option, string words)
    {
        Run("--model", Base, "--adapter", Preinit, option).AssertFault(2, words);
        AssertNothingLeft();
    }

    [Fact]
    public void Bad_calls_are_one_line_with_their_code_and_leave_nothing()
    {
        Run("--model", Base).AssertFault(2, "adapter is not given; name the adapter to merge");
        Run("--model", "absent", "--adapter", Preinit).AssertFault(2, "there is no folder 'absent'");
        Run("--model", Base, "--adapter", Base).AssertFault(2, "adapter_config.json: the file is missing");
        Run("--model", Base, "--adapter", Preinit, "--save_adapter", "--dtype", "bfloat16").AssertFault(2, "a summed adapter is float32");
        Run("--model", Base, "--adapter", Copy(Preinit, config => config["use_dora"] = true)).AssertFault(2, "lora_magnitude_vector' is missing");
        CommandRun.Of(["merge", "--model", Base, "--adapter", Preinit, "--output_dir", Out], new CancellationToken(canceled: true)).AssertFault(75, "align: interrupted");
        var overflow = Run("--model", Base, "--adapter", Preinit, "--weights", "1e9", "--dtype", "float16");
        Assert.Equal(2, overflow.Code);
        Assert.Contains("dtype: float16 cannot hold the merged 'model.layers.0.self_attn.", overflow.Error, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    private string Out => Path.Combine(_folder.Path, "merged");

    private CommandRun Run(params string[] options) => CommandRun.Of(["merge", "--output_dir", Out, .. options]);

    private string Merged(params string[] options)
    {
        var output = Path.Combine(_folder.Path, Path.GetRandomFileName());
        var run = CommandRun.Of(["merge", "--output_dir", output, .. options]);
        Assert.True(run.Code == 0, run.Error);
        return output;
    }

    private void AssertNothingLeft() =>
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName), name => name == "merged" || name!.StartsWith(".tmp-", StringComparison.Ordinal));

    private static Tensor Weight(string folder, string name)
    {
        using var file = Checkpoint.Open(folder);
        return file.Read(name);
    }

    private static Tensor Delta(string adapter)
    {
        using var file = SafetensorsFile.Open(Path.Combine(adapter, AdapterFolder.WeightsFile));
        Tensor Factor(string name) => file.Read($"base_model.model.{QueryWeight.Replace(".weight", $".lora_{name}.weight", StringComparison.Ordinal)}");
        return Factor("B").mm(Factor("A")) * AdapterConfigFile.Read(adapter).Options.Scaling;
    }

    private static byte[] Bytes(string folder) => File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));

    private static JsonNode Json(string path) => JsonNode.Parse(File.ReadAllText(path))!;

    private string Copy(string adapter, Action<JsonNode> change)
    {
        var folder = Path.Combine(_folder.Path, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(adapter, AdapterFolder.WeightsFile), Path.Combine(folder, AdapterFolder.WeightsFile));
        var config = Json(Path.Combine(adapter, "adapter_config.json"));
        change(config);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config.ToJsonString());
        return folder;
    }

    /// <summary>An adapter with a non-zero update for a golden model.</summary>
    private string Fitting(string model, LoraOptions? options = null)
    {
        var adapter = new LoraAdapter(options ?? new LoraOptions { Rank = 2 });
        var source = Golden.Path(model);
        using var policy = ModelFolder.Load(source, ModelConfigReader.Read(source), ScalarType.Float32, CPU, adapter.Around);
        adapter.Initialize(1);
        foreach (var weights in adapter.Weights)
            using (no_grad()) weights.B.copy_(ones_like(weights.B) * 0.05);
        var folder = Path.Combine(_folder.Path, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        AdapterFolder.Save(folder, adapter, source, origin: null);
        return folder;
    }
}
