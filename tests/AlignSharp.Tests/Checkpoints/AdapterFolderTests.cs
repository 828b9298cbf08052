using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;
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
    // PEFT's toy base has biases on q, k and v only; an adapter does not see the other ones.
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
    public void An_adapter_of_peft_is_read_and_written_back_unchanged(string name, int projections, double scaling)
    {
        var source = Golden.Path($"qlora/adapters/{name}");
        var config = AdapterConfigFile.Read(source);
        Assert.Empty(config.IgnoredKeys);
        Assert.Equal(scaling, config.Options.Scaling);
        var adapter = new LoraAdapter(config.Options);
        using var model = TinyLlama.Create(Base, 1, adapter.Around(DenseProjection.Create));
        AdapterFolder.Load(source, adapter);
        Assert.Equal(projections, adapter.Paths.Count);
        AdapterFolder.Save(_folder.Path, adapter, config.BaseModel, config);
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, AdapterFolder.WeightsFile)), File.ReadAllBytes(_folder.File(AdapterFolder.WeightsFile)));
        Assert.True(JsonNode.DeepEquals(Json(source), Json(_folder.Path)), File.ReadAllText(_folder.File(AdapterConfigFile.FileName)));
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

    [Theory]
    [InlineData("dora_r4", "'use_dora': true is not supported")]
    [InlineData("bias_all", "'bias': \"all\" is not supported")]
    [InlineData("bias_lora_only", "'bias': \"lora_only\" is not supported")]
    [InlineData("modules_to_save_embed", "'modules_to_save': [\"lm_head\",\"embed_tokens\"] is not supported")]
    [InlineData("layers_to_transform", "'layers_to_transform': [1] is not supported")]
    [InlineData("embedding_lora", "'target_modules'")]
    public void A_variant_that_is_not_supported_is_refused_by_name(string name, string expected) =>
        AssertOneLine(expected, Assert.Throws<ArtifactException>(() => AdapterConfigFile.Read(Golden.Path($"qlora/adapters/{name}"))).Message);

    [Theory]
    [InlineData("r", "0", "'r' is 0")]
    [InlineData("r", "1.5", "'r' is 1.5")]
    [InlineData("lora_alpha", "0", "'lora_alpha' is 0")]
    [InlineData("lora_dropout", "1", "'lora_dropout' is 1")]
    [InlineData("peft_type", "\"IA3\"", "'peft_type': \"IA3\" is not supported")]
    [InlineData("target_modules", "[1]", "'target_modules' is [1]")]
    [InlineData("target_modules", "\"(q_proj\"", "'(q_proj' is not a regular expression")]
    [InlineData("rank_pattern", "{\"q_proj\":2}", "'rank_pattern'")]
    [InlineData("use_rslora", "\"yes\"", "'use_rslora' is \"yes\"")]
    [InlineData("init_lora_weights", "\"pissa\"", "'init_lora_weights': \"pissa\"")]
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
}
