using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

/// <summary>Adapters that the real PEFT wrote (golden/qlora/README.md), read, written back, and damaged.</summary>
public sealed class AdapterFolderTests : IDisposable
{
    private static readonly LlamaConfig Base = TinyLlama.Config with { AttentionBias = true };

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _tensors = NewDisposeScope();

    public void Dispose()
    {
        _tensors.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("qv_r8", 4, 2.0)]
    [InlineData("all_linear_rslora_r4", 14, 8.0)]
    [InlineData("regex_layers", 2, 2.0)]
    [InlineData("layers_to_transform", 2, 2.0)]
    [InlineData("dora_r4", 4, 2.0)]
    [InlineData("bias_all", 2, 2.0)]
    [InlineData("bias_lora_only", 2, 2.0)]
    [InlineData("modules_to_save_embed", 2, 1.0)]
    [InlineData("embedding_lora", 3, 2.0)]
    public void An_adapter_of_peft_is_read_and_written_back_unchanged(string name, int modules, double scaling)
    {
        var source = Golden.Path($"qlora/adapters/{name}");
        var config = AdapterConfigFile.Read(source);
        Assert.Empty(config.IgnoredKeys);
        Assert.Equal(scaling, config.Options.Scaling);
        var adapter = new LoraAdapter(config.Options);
        using var model = ToyOfPeft(adapter);
        AdapterFolder.Load(source, adapter);
        Assert.Equal(modules, adapter.Paths.Count);
        AdapterFolder.Save(_folder.Path, adapter, config.BaseModel, config);
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, AdapterFolder.WeightsFile)), File.ReadAllBytes(_folder.File(AdapterFolder.WeightsFile)));
        Assert.True(JsonNode.DeepEquals(Json(source), Json(_folder.Path)), File.ReadAllText(_folder.File(AdapterConfigFile.FileName)));
    }

    [Theory]
    [InlineData("qv_r8")]
    [InlineData("all_linear_rslora_r4")]
    [InlineData("regex_layers")]
    [InlineData("layers_to_transform")]
    [InlineData("dora_r4")]
    [InlineData("bias_all")]
    [InlineData("bias_lora_only")]
    [InlineData("modules_to_save_embed")]
    [InlineData("embedding_lora")]
    public void What_is_trained_is_what_peft_trains(string name)
    {
        var source = Golden.Path($"qlora/adapters/{name}");
        var listing = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "expected_listing.json")))!;
        var adapter = new LoraAdapter(AdapterConfigFile.Read(source).Options);
        using var model = ToyOfPeft(adapter);
        Assert.Equal(listing["trainable"]!.AsArray().Select(n => InFile(n!.GetValue<string>())).Order(StringComparer.Ordinal), adapter.Trained.Select(p => "base_model.model." + p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(listing["num_trainable"]!.GetValue<long>(), adapter.Parameters.Sum(p => p.numel()));
        Assert.All(adapter.Parameters, p => Assert.True(p.requires_grad));
        Assert.All(ModelFolder.BaseParameters(model), p => Assert.False(p.Value.requires_grad));

        // In memory PEFT's names have the adapter's, and wrappers', which files leave out.
        static string InFile(string trained) => trained.Replace(".lora_magnitude_vector.default.weight", ".lora_magnitude_vector", StringComparison.Ordinal)
            .Replace(".modules_to_save.default", "", StringComparison.Ordinal).Replace(".default", "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_adapter_is_written_with_the_keys_of_peft_sorted()
    {
        var adapter = new LoraAdapter(new LoraOptions { Rank = 4, Alpha = 6.5, Dropout = 0.05, RankStabilized = true, Targets = new AllLinearTargets() });
        using var model = TinyLlama.Create(Base, 1, adapter.Around(DenseProjection.Create));
        adapter.Initialize(1);
        AdapterFolder.Save(_folder.Path, adapter, "base", origin: null);
        var json = Json(_folder.Path);
        Assert.Equal(json.Select(p => p.Key).Order(StringComparer.Ordinal), json.Select(p => p.Key));
        var peft = Json(Golden.Path("trl/adapter_init")).Select(p => p.Key);
        Assert.Empty(peft.Except(json.Select(p => p.Key)));
        Assert.Equal("""["down_proj","gate_proj","k_proj","o_proj","q_proj","up_proj","v_proj"]""", json["target_modules"]!.ToJsonString());
        var read = AdapterConfigFile.Read(_folder.Path);
        Assert.Equal((4, 6.5, 0.05, true, "base"), (read.Options.Rank, read.Options.Alpha, read.Options.Dropout, read.Options.RankStabilized, read.BaseModel));
        var again = new LoraAdapter(read.Options);
        using var copy = TinyLlama.Create(Base, 1, again.Around(DenseProjection.Create));
        AdapterFolder.Load(_folder.Path, again);
        foreach (var (one, other) in adapter.Parameters.Zip(again.Parameters)) Assert.Equal(0, TensorCompare.Absolute(one, other));
    }

    [Fact]
    public void Every_field_of_a_new_adapter_is_read_back()
    {
        var options = new LoraOptions
        {
            Rank = 4,
            RankPattern = new PatternTable<int>([KeyValuePair.Create("layers.1.self_attn.q_proj", 2), KeyValuePair.Create(@".*v_proj", 6)], "rank_pattern"),
            AlphaPattern = new PatternTable<double>([KeyValuePair.Create("v_proj", 2.5)], "alpha_pattern"),
            Targets = new NamedTargets(["q_proj", "v_proj", "k_proj"]),
            Excluded = new NamedTargets(["layers.0.self_attn.k_proj"]),
            Layers = new LayerSelection([0, 1], ["layers"]),
            Decomposed = true,
            Bias = LoraBias.All,
            ModulesToSave = ["lm_head", "norm"],
            Start = new GaussianStart(),
        };
        var adapter = new LoraAdapter(options);
        using var model = ToyOfPeft(adapter);
        adapter.Initialize(1);
        AdapterFolder.Save(_folder.Path, adapter, "base", origin: null);
        var read = AdapterConfigFile.Read(_folder.Path).Options;
        Assert.Equal(options.RankPattern.Entries, read.RankPattern.Entries);
        Assert.Equal(options.AlphaPattern.Entries, read.AlphaPattern.Entries);
        Assert.Equal((options.Targets, options.Excluded, options.Decomposed, options.Bias, options.Start), (read.Targets, read.Excluded, read.Decomposed, read.Bias, read.Start));
        Assert.Equal(options.Layers.Layers, read.Layers!.Layers);
        Assert.Equal(options.Layers.Patterns, read.Layers.Patterns);
        Assert.Equal(options.ModulesToSave, read.ModulesToSave);
        var again = new LoraAdapter(read);
        using var copy = ToyOfPeft(again);
        AdapterFolder.Load(_folder.Path, again);
        foreach (var (one, other) in adapter.Parameters.Zip(again.Parameters, (a, b) => (a, b))) Assert.Equal(0, TensorCompare.Absolute(one, other));
    }

    [Theory]
    [InlineData("r", "0", "'r' is 0")]
    [InlineData("r", "1.5", "'r' is 1.5")]
    [InlineData("lora_alpha", "0", "'lora_alpha' is 0")]
    [InlineData("lora_dropout", "1", "'lora_dropout' is 1")]
    [InlineData("peft_type", "\"IA3\"", "'peft_type': \"IA3\" is not supported")]
    [InlineData("target_modules", "[1]", "'target_modules' is [1]")]
    [InlineData("target_modules", "\"(q_proj\"", "'(q_proj' is not a regular expression")]
    [InlineData("rank_pattern", "{\"q_proj\":0}", "'rank_pattern.q_proj' is 0")]
    [InlineData("rank_pattern", "{\"(q_proj\":1}", "'rank_pattern' has a malformed regular expression")]
    [InlineData("alpha_pattern", "[1]", "'alpha_pattern' is [1]")]
    [InlineData("layers_pattern", "\"layers\"", "it needs layers_to_transform")]
    [InlineData("layers_to_transform", "[\"1\"]", "'layers_to_transform' is [\"1\"]")]
    [InlineData("bias", "\"some\"", "'bias': \"some\" is not supported")]
    [InlineData("init_lora_weights", "\"eva\"", "'init_lora_weights': \"eva\" is not supported")]
    [InlineData("trainable_token_indices", "[1]", "'trainable_token_indices': [1] is not supported")]
    [InlineData("target_parameters", "[\"a\"]", "'target_parameters': [\"a\"] is not supported")]
    [InlineData("layer_replication", "[[0,1]]", "'layer_replication'")]
    [InlineData("alora_invocation_tokens", "[1]", "'alora_invocation_tokens': [1] is not supported")]
    [InlineData("use_rslora", "\"yes\"", "'use_rslora' is \"yes\"")]
    [InlineData("init_lora_weights", "\"lofq\"", "expected true, false, gaussian, orthogonal, pissa, pissa_niter_N, olora or loftq")]
    [InlineData("loftq_config", "{\"loftq_bits\":4}", "it counts only where init_lora_weights is \"loftq\"")]
    public void A_bad_value_is_one_line_that_names_file_and_field(string key, string value, string expected)
    {
        WriteConfig(json => json[key] = JsonNode.Parse(value));
        var message = Assert.Throws<ArtifactException>(() => AdapterConfigFile.Read(_folder.Path)).Message;
        AssertOneLine(expected, message);
        Assert.Contains(AdapterConfigFile.FileName, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_keys_are_told_and_kept()
    {
        WriteConfig(json => json["novelty"] = 1);
        Assert.Equal(["novelty"], AdapterConfigFile.Read(_folder.Path).IgnoredKeys);
    }

    [Theory]
    [InlineData("layers_to_transform", "[0]", "layers_to_transform needs target_modules as a list")]
    [InlineData("use_dora", "true", "lora_bias cannot stand beside use_dora")]
    [InlineData("init_lora_weights", "\"orthogonal\"", "needs an even rank, and r is 3")]
    public void Fields_that_contradict_each_other_are_one_line_that_names_them(string key, string value, string expected)
    {
        WriteConfig(json =>
        {
            json[key] = JsonNode.Parse(value);
            json["r"] = 3;
            if (key == "use_dora") json["lora_bias"] = true;
            if (key == "layers_to_transform") json["target_modules"] = "all-linear";
        });
        AssertOneLine(expected, Assert.Throws<ArtifactException>(() => AdapterConfigFile.Read(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("wrong rank", "lora_A.weight' has shape [4, 32], but rank and base ask for [8, 32]")]
    [InlineData("another base", "lora_B.weight' has shape [16, 8], but rank and base ask for [32, 8]")]
    [InlineData("missing B", "self_attn.q_proj.lora_B.weight' is missing")]
    [InlineData("extra target", "self_attn.k_proj.lora_A.weight' has no place")]
    [InlineData("NaN", "1 of 256 values that are NaN")]
    public void A_damaged_adapter_is_one_line_that_names_the_tensor(string damage, string expected)
    {
        const string path = "base_model.model.model.layers.0.self_attn.q_proj";
        WriteConfig(_ => { });
        var weights = Weights(Golden.Path("qlora/adapters/qv_r8"));
        switch (damage)
        {
            case "wrong rank": weights[$"{path}.lora_A.weight"] = zeros(4, 32); break;
            case "another base": weights[$"{path}.lora_B.weight"] = zeros(16, 8); break;
            case "missing B": weights.Remove($"{path}.lora_B.weight"); break;
            case "extra target": weights[path.Replace("q_proj", "k_proj", StringComparison.Ordinal) + ".lora_A.weight"] = zeros(8, 32); break;
            default: weights[$"{path}.lora_A.weight"][0, 0] = float.NaN; break;
        }
        SafetensorsWriter.Write(_folder.File(AdapterFolder.WeightsFile), [.. weights]);
        AssertOneLine(expected, Assert.Throws<ArtifactException>(LoadOnBase).Message);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_adapters_are_widened(ScalarType type)
    {
        WriteConfig(_ => { });
        var weights = Weights(Golden.Path("qlora/adapters/qv_r8")).ToDictionary(w => w.Key, w => w.Value.to(type));
        SafetensorsWriter.Write(_folder.File(AdapterFolder.WeightsFile), [.. weights]);
        LoadOnBase();
    }

    [Fact]
    public void A_missing_weights_file_is_named_with_the_remedy()
    {
        WriteConfig(_ => { });
        AssertOneLine("adapter_model.bin", Assert.Throws<ArtifactException>(LoadOnBase).Message);
    }

    [Fact]
    public void The_base_is_found_beside_the_adapter_or_asked_for()
    {
        var adapter = Directory.CreateDirectory(_folder.File("adapter")).FullName;
        var config = new AdapterConfig(new LoraOptions(), "base", [], []);
        AssertOneLine("'base' is neither a folder here nor beside the adapter", Assert.Throws<ArtifactException>(() => AdapterFolder.ResolveBase(adapter, config)).Message);
        Directory.CreateDirectory(_folder.File("base"));
        Assert.Equal(_folder.File("base"), AdapterFolder.ResolveBase(adapter, config));
        Assert.Equal(_folder.File("base"), AdapterFolder.ResolveBase(adapter + "/", config));
        AssertOneLine("'base_model_name_or_path' is null", Assert.Throws<ArtifactException>(() => AdapterFolder.ResolveBase(adapter, config with { BaseModel = null })).Message);
    }

    private void LoadOnBase()
    {
        var adapter = new LoraAdapter(AdapterConfigFile.Read(_folder.Path).Options);
        using var model = TinyLlama.Create(Base, 1, adapter.Around(DenseProjection.Create));
        AdapterFolder.Load(_folder.Path, adapter);
        Assert.All(adapter.Parameters, p => Assert.Equal(ScalarType.Float32, p.dtype));
    }

    private void WriteConfig(Action<JsonObject> change)
    {
        var json = Json(Golden.Path("qlora/adapters/qv_r8"));
        change(json);
        File.WriteAllText(_folder.File(AdapterConfigFile.FileName), json.ToJsonString());
    }

    private static Dictionary<string, Tensor> Weights(string folder)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, AdapterFolder.WeightsFile));
        return file.Names.ToDictionary(name => name, name => file.Read(name));
    }

    private static JsonObject Json(string folder) => (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, AdapterConfigFile.FileName)))!;

    private static void AssertOneLine(string expected, string message)
    {
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "is not the embedding of this base")]
    public void The_table_that_peft_saves_beside_an_adapted_embedding_must_be_the_bases(double change, string? expected)
    {
        var source = Golden.Path("qlora/adapters/embedding_lora");
        var config = AdapterConfigFile.Read(source);
        var adapter = new LoraAdapter(config.Options);
        using var model = ToyOfPeft(adapter);
        File.Copy(Path.Combine(source, AdapterConfigFile.FileName), _folder.File(AdapterConfigFile.FileName));
        var weights = Weights(source);
        weights["base_model.model.model.embed_tokens.base_layer.weight"] = ModelFolder.BaseParameters(model).Single(p => p.Key == "model.embed_tokens.weight").Value.detach() + change;
        SafetensorsWriter.Write(_folder.File(AdapterFolder.WeightsFile), [.. weights]);
        if (expected is null) AdapterFolder.Load(_folder.Path, adapter);
        else AssertOneLine(expected, Assert.Throws<ArtifactException>(() => AdapterFolder.Load(_folder.Path, adapter)).Message);
    }

    // PEFT's toy base has biases on q, k and v, where a Llama has them on o too.
    private static LlamaModel ToyOfPeft(LoraAdapter adapter)
    {
        var around = adapter.Around(DenseProjection.Create);
        var model = TinyLlama.Create(Base, 1, site => around(site with { HasBias = site.HasBias && site.Name != "o_proj" }));
        adapter.Lay(model);
        return model;
    }
}
