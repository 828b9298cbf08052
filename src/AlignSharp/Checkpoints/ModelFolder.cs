using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>A model as a Hugging Face folder: <c>config.json</c>, <c>generation_config.json</c>, safetensors.</summary>
public static class ModelFolder
{
    private const string GenerationConfigFile = "generation_config.json";

    /// <summary>Paths of the files that decide what the model computes: its configuration and its weights, in a fixed order.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ArtifactException">It has no weights that can be read.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return [Path.Combine(folder, ModelConfigReader.FileName), .. checkpoint.Files];
    }

    /// <summary>Builds the model of a folder and fills it, tensor by tensor, so that memory peaks at the model plus one tensor.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">What <see cref="ModelConfigReader"/> read from it.</param>
    /// <param name="type">Type to compute in; BF16, F16 and F32 files are converted.</param>
    /// <param name="device">Where to put it.</param>
    /// <param name="projections">Builds the projections; adapters decorate it.</param>
    /// <returns>The model in evaluation mode, base weights without gradient; the caller owns it.</returns>
    /// <exception cref="ArtifactException">A tensor is missing, superfluous, misshapen or not finite.</exception>
    public static CausalLanguageModel Load(string folder, ModelConfig config, ScalarType type, Device device, ProjectionFactory projections)
    {
        using var checkpoint = Checkpoint.Open(folder);
        RequireShapes(folder, checkpoint, config);
        var model = new LlamaModel(config.Shape, projections, type, device);
        try
        {
            Fill(model, folder, checkpoint);
            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Saves a model's base weights with its configuration; adapters are left out. An older configuration is removed first and the new
    /// one written last: interrupted, it leaves a folder that is not taken for a model.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="config">Its configuration, written with the type of the weights.</param>
    /// <param name="source">Folder whose generation_config.json is carried along, or null.</param>
    /// <param name="maxShardBytes">Largest shard.</param>
    public static void Save(string folder, CausalLanguageModel model, ModelConfig config, string? source, long maxShardBytes = CheckpointWriter.DefaultMaxShardBytes) =>
        SaveInTurn(folder, [.. BaseParameters(model).Select(p => TensorSource.Of(p.Key, p.Value))], config, model.ComputeType, source, maxShardBytes);

    /// <summary>Saves weights that are made one after the other, in the order of <see cref="Save"/>.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="weights">The weights by checkpoint name, in state-dict order; a tied weight comes once.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="type">Type of the weights, as the configuration is to declare it.</param>
    /// <param name="source">Folder whose generation_config.json is carried along, or null.</param>
    /// <param name="maxShardBytes">Largest shard.</param>
    public static void SaveInTurn(
        string folder, IReadOnlyList<TensorSource> weights, ModelConfig config, ScalarType type, string? source, long maxShardBytes = CheckpointWriter.DefaultMaxShardBytes)
    {
        File.Delete(Path.Combine(folder, ModelConfigReader.FileName));
        CheckpointWriter.SaveInTurn(folder, weights, maxShardBytes);
        if (source is not null && File.Exists(Path.Combine(source, GenerationConfigFile)))
            Data.Files.AtomicFile.WriteText(Path.Combine(folder, GenerationConfigFile), File.ReadAllText(Path.Combine(source, GenerationConfigFile)));
        // The configuration comes last: a folder without it is not taken for a model.
        var json = (JsonObject)config.Json.DeepClone();
        json.Remove("dtype");
        json["torch_dtype"] = TypeName(type);
        JsonObjectFile.Write(Path.Combine(folder, ModelConfigReader.FileName), json, sorted: true);
    }

    /// <summary>Name of a type as configuration files spell it.</summary>
    /// <param name="type">A floating type.</param>
    public static string TypeName(ScalarType type) => type switch
    {
        ScalarType.Float32 => "float32",
        ScalarType.BFloat16 => "bfloat16",
        ScalarType.Float16 => "float16",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that models are stored in"),
    };

    /// <summary>The weights of the base by checkpoint name: an adapter's own matrices are left out and its wrapping does not show.</summary>
    /// <param name="model">A model, with or without adapters.</param>
    public static IEnumerable<KeyValuePair<string, TorchSharp.Modules.Parameter>> BaseParameters(CausalLanguageModel model) =>
        from named in model.named_parameters()
        let parts = named.name.Split('.')
        where !Array.Exists(parts, part => part.StartsWith("lora_", StringComparison.Ordinal) || part.StartsWith("modules_to_save", StringComparison.Ordinal))
        select KeyValuePair.Create(string.Join('.', parts.Where(part => part != "base_layer")), named.parameter);

    // Shapes come from the files before anything of the model's size is allocated.
    private static void RequireShapes(string folder, Checkpoint checkpoint, ModelConfig config)
    {
        const string embedding = "model.embed_tokens.weight";
        if (!checkpoint.Contains(embedding)) throw Missing(folder, embedding);
        var layers = Enumerable.Range(0, config.Shape.Layers).TakeWhile(i => checkpoint.Contains($"model.layers.{i}.input_layernorm.weight")).Count();
        if (layers < config.Shape.Layers) throw Missing(folder, $"model.layers.{layers}.input_layernorm.weight");
        RequireShape(folder, checkpoint, embedding, [config.Shape.VocabularySize, config.Shape.HiddenSize]);
        RequireShape(folder, checkpoint, "model.layers.0.self_attn.q_proj.weight", [config.Shape.Heads * (long)config.Shape.HeadDim, config.Shape.HiddenSize]);
        RequireShape(folder, checkpoint, "model.layers.0.mlp.gate_proj.weight", [config.Shape.IntermediateSize, config.Shape.HiddenSize]);
    }

    private static void Fill(CausalLanguageModel model, string folder, Checkpoint checkpoint)
    {
        using var noGradient = no_grad();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, parameter) in BaseParameters(model))
        {
            RequireShape(folder, checkpoint, name, parameter.shape);
            using var values = checkpoint.Read(name, parameter.dtype, parameter.device);
            FiniteCheck.Require(values, checkpoint.PathOf(name), name);
            parameter.copy_(values);
            parameter.requires_grad = false;
            used.Add(name);
        }
        // Old files carry rotary buffers; a tied head is sometimes stored beside the embedding.
        if (checkpoint.Names.FirstOrDefault(name => !used.Contains(name) && !name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) && name != "lm_head.weight") is { } superfluous)
            throw new ArtifactException($"{checkpoint.PathOf(superfluous)}: tensor '{superfluous}' has no place in the Llama that config.json describes; is it another model family?");
    }

    private static void RequireShape(string folder, Checkpoint checkpoint, string name, long[] expected)
    {
        if (!checkpoint.Contains(name)) throw Missing(folder, name);
        var found = checkpoint.Entry(name).Shape;
        if (!found.AsSpan().SequenceEqual(expected))
            throw new ArtifactException($"{checkpoint.PathOf(name)}: tensor '{name}' has shape [{string.Join(", ", found)}], but config.json asks for [{string.Join(", ", expected)}]");
    }

    private static ArtifactException Missing(string where, string name) =>
        new($"{where}: tensor '{name}' is missing; the download or the save was not complete, or config.json belongs to another model");
}
