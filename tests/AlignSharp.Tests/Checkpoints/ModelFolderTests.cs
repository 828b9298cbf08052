using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _tensors = NewDisposeScope();

    public void Dispose()
    {
        _tensors.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("trl/model_a", CheckpointWriter.DefaultMaxShardBytes)]
    [InlineData("trl/model_a", 100_000L)]
    [InlineData("trl/model_b", CheckpointWriter.DefaultMaxShardBytes)]
    public void Saving_what_was_loaded_gives_the_same_bytes(string name, long maxShardBytes)
    {
        var source = Golden.Path(name);
        var config = ModelConfigReader.Read(source);
        string[] copies = [_folder.File("first"), _folder.File("second")];
        foreach (var (from, to) in new[] { (source, copies[0]), (copies[0], copies[1]) })
        {
            Directory.CreateDirectory(to);
            using var model = Load(from);
            ModelFolder.Save(to, model, config, from, maxShardBytes);
        }
        var files = Directory.GetFiles(copies[0]).Select(Path.GetFileName).Order().ToArray();
        Assert.Equal(maxShardBytes == 100_000, files.Contains("model.safetensors.index.json"));
        Assert.Equal(files, Directory.GetFiles(copies[1]).Select(Path.GetFileName).Order());
        foreach (var file in files) Assert.Equal(File.ReadAllBytes(Path.Combine(copies[0], file!)), File.ReadAllBytes(Path.Combine(copies[1], file!)));
        if (files.Contains("model.safetensors"))
            Assert.Equal(File.ReadAllBytes(Path.Combine(source, "model.safetensors")), File.ReadAllBytes(Path.Combine(copies[0], "model.safetensors")));
        Assert.True(JsonNode.DeepEquals(config.Json, ModelConfigReader.Read(copies[1]).Json));
    }

    [Theory]
    [InlineData(CheckpointWriter.DefaultMaxShardBytes)]
    [InlineData(100_000L)]
    public void The_files_that_count_are_the_configuration_and_all_weights_and_no_others(long maxShardBytes)
    {
        var source = Golden.Path("trl/model_a");
        using (var model = Load(source)) ModelFolder.Save(_folder.Path, model, ModelConfigReader.Read(source), source, maxShardBytes);
        var saved = Directory.GetFiles(_folder.Path);
        Assert.Equal(maxShardBytes == 100_000, saved.Length > 2);
        foreach (var other in new[] { "README.md", "adapter_model.safetensors", "tokenizer.json" }) File.WriteAllText(_folder.File(other), "");
        var files = ModelFolder.Files(_folder.Path);
        Assert.Equal("config.json", Path.GetFileName(files[0]));
        Assert.Equal(saved.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Half_precision_files_are_widened_without_loss_and_declared(ScalarType type)
    {
        var weights = SaveTiny(TinyLlama.Config, type);
        using var model = Load(_folder.Path);
        foreach (var (name, parameter) in ModelFolder.BaseParameters(model))
        {
            Assert.Equal(ScalarType.Float32, parameter.dtype);
            Assert.Equal(0, TensorCompare.Absolute(weights[name], parameter));
        }
        Assert.Equal(type, ModelConfigReader.Read(_folder.Path).DeclaredType);
    }

    [Fact]
    public void A_tied_model_stores_no_output_head_and_reads_over_one()
    {
        var weights = SaveTiny(TinyLlama.Config with { TieWordEmbeddings = true });
        using (var file = Checkpoint.Open(_folder.Path)) Assert.DoesNotContain("lm_head.weight", file.Names);
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"];
        weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = ones(4);
        SaveWeights(weights);
        using var model = Load(_folder.Path);
        Assert.DoesNotContain(model.named_parameters(), p => p.name.Contains("lm_head", StringComparison.Ordinal));
    }

    [Fact]
    public void Biases_and_wide_heads_survive_a_round_trip()
    {
        var weights = SaveTiny(TinyLlama.Config with { AttentionBias = true, MlpBias = true, HeadDim = 12 });
        Assert.Contains("model.layers.1.self_attn.o_proj.bias", weights.Keys);
        Assert.Contains("model.layers.1.mlp.down_proj.bias", weights.Keys);
        using var model = Load(_folder.Path);
        Assert.All(ModelFolder.BaseParameters(model), p => Assert.Equal(0, TensorCompare.Absolute(weights[p.Key], p.Value)));
    }

    [Theory]
    [InlineData("model.layers.1.mlp.up_proj.weight")]
    [InlineData("model.embed_tokens.weight")]
    [InlineData("model.norm.weight")]
    [InlineData("lm_head.weight")]
    public void A_missing_or_misshapen_or_damaged_tensor_is_named(string name)
    {
        var weights = SaveTiny(TinyLlama.Config);
        var good = weights[name];
        weights[name] = cat([good, good], 0);
        SaveWeights(weights);
        AssertRefused($"tensor '{name}' has shape [{string.Join(", ", weights[name].shape)}], but config.json asks for [{string.Join(", ", good.shape)}]");
        weights[name] = good.clone();
        weights[name].view(-1)[3] = float.NaN;
        SaveWeights(weights);
        AssertRefused($"tensor '{name}' has 1 of {good.numel()} values that are NaN or infinite");
        weights.Remove(name);
        SaveWeights(weights);
        AssertRefused($"tensor '{name}' is missing");
    }

    [Fact]
    public void A_superfluous_tensor_is_named()
    {
        var weights = SaveTiny(TinyLlama.Config);
        weights["model.layers.0.self_attn.q_norm.weight"] = ones(8);
        SaveWeights(weights);
        AssertRefused("tensor 'model.layers.0.self_attn.q_norm.weight' has no place");
    }

    [Theory]
    [InlineData("num_hidden_layers", 1_000_000_000, "'model.layers.2.input_layernorm.weight' is missing")]
    [InlineData("vocab_size", 2_000_000_000, "'model.embed_tokens.weight' has shape [96, 32]")]
    [InlineData("head_dim", 1_000_000_000, "'model.layers.0.self_attn.q_proj.weight' has shape [32, 32]")]
    [InlineData("intermediate_size", 2_000_000_000, "'model.layers.0.mlp.gate_proj.weight' has shape [48, 32]")]
    [InlineData("hidden_size", 2_000_000_000, "'model.embed_tokens.weight' has shape [96, 32]")]
    [InlineData("num_hidden_layers", 1, "'model.layers.1.")]
    public void A_configuration_that_does_not_fit_the_weights_allocates_nothing(string key, int value, string expected)
    {
        SaveTiny(TinyLlama.Config);
        var json = JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!;
        json[key] = value;
        File.WriteAllText(_folder.File("config.json"), json.ToJsonString());
        AssertRefused(expected);
    }

    private void AssertRefused(string expected)
    {
        var message = Assert.Throws<ArtifactException>(() => Load(_folder.Path)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static CausalLanguageModel Load(string folder) => ModelFolder.Load(folder, ModelConfigReader.Read(folder), ScalarType.Float32, CPU);

    private Dictionary<string, Tensor> SaveTiny(LlamaConfig shape, ScalarType type = ScalarType.Float32)
    {
        using var model = TinyLlama.Create(shape, 4, type: type);
        ModelFolder.Save(_folder.Path, model, TinyModelFolder.Config(shape), source: null);
        return ModelFolder.BaseParameters(model).ToDictionary(p => p.Key, p => p.Value.detach().clone());
    }

    private void SaveWeights(Dictionary<string, Tensor> weights) => CheckpointWriter.Save(_folder.Path, [.. weights]);
}
