using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Quantization;
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

    /// <summary>
    /// Builds the model of a folder and fills it, tensor by tensor, so that memory peaks at the model plus one tensor. Projections that are stored in 4 bits stay so;
    /// what else a model with 4-bit projections has (embedding, head) is mapped from the files where it is of the type already, and not copied.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">What <see cref="ModelConfigReader"/> read from it.</param>
    /// <param name="type">Type to compute in; BF16, F16 and F32 files are converted.</param>
    /// <param name="device">Where to put it.</param>
    /// <param name="around">Decorates the factory of projections, as adapters do; null for the plain model.</param>
    /// <param name="fourBit">Quantises the projections of a folder in full precision to 4 bits; of a folder that has them in 4 bits only the compute type is taken. Null leaves them.</param>
    /// <returns>The model in evaluation mode, base weights without gradient; the caller owns it.</returns>
    /// <exception cref="ArtifactException">A tensor is missing, superfluous, misshapen or not finite.</exception>
    public static CausalLanguageModel Load(
        string folder, ModelConfig config, ScalarType type, Device device, Func<ProjectionFactory, ProjectionFactory>? around = null, FourBitOptions? fourBit = null)
    {
        using var checkpoint = Checkpoint.Open(folder);
        RequireShapes(folder, checkpoint, config);
        Projection Create(ProjectionSite site) =>
            fourBit?.Quantizes(site) == true || FourBitTensors.Holds(checkpoint, $"{site.Path}.weight") ? new QuantizedProjection(site, fourBit?.ComputeType) : new DenseProjection(site);
        var model = new LlamaModel(config.Shape, around is null ? Create : around(Create), type, device);
        try
        {
            var used = new HashSet<string>(StringComparer.Ordinal);
            FillQuantized(model, folder, checkpoint, fourBit, used);
            Fill(model, folder, checkpoint, maps: used.Count > 0, used);
            RefuseTheRest(checkpoint, used);
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
    /// <param name="config">Its configuration, written with the type of the weights, and with their quantisation where projections are of 4 bits.</param>
    /// <param name="source">Folder whose generation_config.json is carried along, or null.</param>
    /// <param name="maxShardBytes">Largest shard.</param>
    public static void Save(string folder, CausalLanguageModel model, ModelConfig config, string? source, long maxShardBytes = CheckpointWriter.DefaultMaxShardBytes)
    {
        var quantized = QuantizedProjections(model).FirstOrDefault().Value;
        var written = config with { Quantization = quantized is null ? null : new QuantizationConfig(quantized.Weight.Options with { SkipModules = config.Quantization?.Options.SkipModules }, config.Quantization?.ComputeType ?? model.ComputeType) };
        SaveInTurn(folder, [.. Sources(model)], written, model.ComputeType, source, maxShardBytes);
    }

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
        json.Remove("quantization_config");
        if (config.Quantization is { } quantization) json["quantization_config"] = quantization.Write();
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

    /// <summary>The type that configuration files spell so; null for another word or none.</summary>
    /// <param name="name"><c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</param>
    internal static ScalarType? TypeOf(string? name) => name switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => null,
    };

    /// <summary>The weights of the base by checkpoint name: an adapter's own matrices are left out and its wrapping does not show.</summary>
    /// <param name="model">A model, with or without adapters.</param>
    public static IEnumerable<KeyValuePair<string, TorchSharp.Modules.Parameter>> BaseParameters(CausalLanguageModel model) =>
        from named in model.named_parameters()
        let parts = named.name.Split('.')
        where !Array.Exists(parts, part => part.StartsWith("lora_", StringComparison.Ordinal) || part.StartsWith("modules_to_save", StringComparison.Ordinal))
        select KeyValuePair.Create(string.Join('.', parts.Where(part => part != "base_layer")), named.parameter);

    /// <summary>The projections of 4 bits by the checkpoint name of their module, in the model's order; they stay the model's.</summary>
    /// <param name="model">A model, with or without adapters.</param>
    public static IEnumerable<KeyValuePair<string, QuantizedProjection>> QuantizedProjections(CausalLanguageModel model) =>
        from named in model.named_modules()
        let projection = named.module as QuantizedProjection
        where projection is not null
        select KeyValuePair.Create(projection.Site.Path, projection);

    /// <summary>Names of the base's weights and biases in the order of the state dictionary, those of 4 bits among them.</summary>
    /// <param name="model">A model, with or without adapters.</param>
    public static IReadOnlyList<string> WeightNames(CausalLanguageModel model)
    {
        var quantized = QuantizedProjections(model).Select(p => $"{p.Key}.weight").ToHashSet(StringComparer.Ordinal);
        return [.. Sources(model).Select(source => source.Name).Where(name => quantized.Contains(name) || !quantized.Any(weight => name.StartsWith(weight + ".", StringComparison.Ordinal)))];
    }

    // In the order of the state dictionary, in which a projection's weight comes before its bias.
    private static IEnumerable<TensorSource> Sources(CausalLanguageModel model)
    {
        var quantized = QuantizedProjections(model).ToDictionary(StringComparer.Ordinal);
        if (quantized.Count == 0) return BaseParameters(model).Select(p => TensorSource.Of(p.Key, p.Value));
        return from named in model.named_modules()
               let module = named.name.Replace(".base_layer", "", StringComparison.Ordinal)
               from source in named.module is QuantizedProjection projection
                   ? [.. FourBitTensors.Sources($"{module}.weight", projection.Weight), .. Own(named.module, module)]
                   : Own(named.module, module)
               select source;

        static IEnumerable<TensorSource> Own(nn.Module module, string name) =>
            name.Contains(".lora_", StringComparison.Ordinal) ? [] : module.named_parameters(recurse: false).Select(p => TensorSource.Of($"{name}.{p.name}", p.parameter));
    }

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

    private static void FillQuantized(CausalLanguageModel model, string folder, Checkpoint checkpoint, FourBitOptions? fourBit, HashSet<string> used)
    {
        foreach (var (path, projection) in QuantizedProjections(model))
        {
            var (name, site) = ($"{path}.weight", projection.Site);
            RequireShape(folder, checkpoint, name, [site.OutFeatures, site.InFeatures]);
            var isStored = FourBitTensors.Holds(checkpoint, name);
            used.UnionWith(isStored ? FourBitTensors.Names(checkpoint, name) : [name]);
            projection.Weight = (isStored ? FourBitTensors.Read(checkpoint, name) : FourBitTensors.Quantize(checkpoint, name, site.Type, fourBit!)).To(site.Device);
        }
    }

    private static void Fill(CausalLanguageModel model, string folder, Checkpoint checkpoint, bool maps, HashSet<string> used)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in BaseParameters(model))
        {
            RequireShape(folder, checkpoint, name, parameter.shape);
            if (maps && parameter.dim() == 2 && parameter.device_type == DeviceType.CPU && checkpoint.TypeOf(name) == parameter.dtype)
            {
                using var mapped = checkpoint.Map(name);
                FiniteCheck.Require(mapped, checkpoint.PathOf(name), name);
                parameter.set_(mapped);
            }
            else
            {
                using var values = checkpoint.Read(name, parameter.dtype, parameter.device);
                FiniteCheck.Require(values, checkpoint.PathOf(name), name);
                parameter.copy_(values);
            }
            parameter.requires_grad = false;
            used.Add(name);
        }
    }

    // Old files carry rotary buffers; a tied head is sometimes stored beside the embedding.
    private static void RefuseTheRest(Checkpoint checkpoint, HashSet<string> used)
    {
        if (checkpoint.Names.FirstOrDefault(name => !used.Contains(name) && !name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) && name != "lm_head.weight") is { } superfluous)
            throw new ArtifactException($"{checkpoint.PathOf(superfluous)}: tensor '{superfluous}' has no place in the Llama that config.json describes; is it another model family?");
    }

    private static void RequireShape(string folder, Checkpoint checkpoint, string name, long[] expected)
    {
        if (!checkpoint.Contains(name)) throw Missing(folder, name);
        var found = FourBitTensors.Holds(checkpoint, name) ? [FourBitTensors.State(checkpoint, name).Rows, FourBitTensors.State(checkpoint, name).Columns] : checkpoint.Entry(name).Shape;
        if (!found.AsSpan().SequenceEqual(expected))
            throw new ArtifactException($"{checkpoint.PathOf(name)}: tensor '{name}' has shape [{string.Join(", ", found)}], but config.json asks for [{string.Join(", ", expected)}]");
    }

    private static ArtifactException Missing(string where, string name) =>
        new($"{where}: tensor '{name}' is missing; the download or the save was not complete, or config.json belongs to another model");
}
