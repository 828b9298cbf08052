using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Quantization;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Loads what <c>model_name_or_path</c> and <c>adapter_name_or_path</c> name: a model folder, or an adapter with its base.</summary>
public static class PolicyLoader
{
    /// <summary>Loads a model, with its adapter where one is named.</summary>
    /// <param name="modelNameOrPath">A model folder, or an adapter folder whose base is then resolved.</param>
    /// <param name="adapterNameOrPath">An adapter folder for the model, or null.</param>
    /// <param name="type">Type to compute in.</param>
    /// <param name="device">Where to put it.</param>
    /// <param name="fresh">Options of a new adapter (not initialised), when none is loaded and one is wanted.</param>
    /// <param name="fourBit">Quantises a base in full precision to 4 bits; null leaves it as it is stored.</param>
    /// <param name="adapterType">Type of the adapter's tensors, float32 or bfloat16.</param>
    /// <exception cref="ConfigurationException">A folder does not exist, two adapters are named, or the adapter's start is not possible on the base.</exception>
    /// <exception cref="ArtifactException">A folder cannot be used.</exception>
    public static Policy Load(string modelNameOrPath, string? adapterNameOrPath, ScalarType type, Device device, LoraOptions? fresh = null, FourBitOptions? fourBit = null, ScalarType adapterType = ScalarType.Float32)
    {
        var (baseFolder, config, adapterFolder, origin) = ModelSource.Read(modelNameOrPath, adapterNameOrPath);
        var adapter = (origin?.Options ?? fresh) is { } options ? new LoraAdapter(options, adapterType) : null;
        if (adapter is not null) RequireStart(adapter.Options.Start, baseFolder, config, fourBit, adapterFolder);
        var model = ModelFolder.Load(baseFolder, config, type, device, adapter is null ? null : adapter.Around, fourBit);
        try
        {
            if (adapter is not null) Lay(adapter, model, baseFolder);
            if (adapter is { Options.Start: LoftQStart }) TakeStart(adapter, baseFolder);
            if (adapterFolder is not null) AdapterFolder.Load(adapterFolder, adapter!);
            return new Policy(model, config, baseFolder, adapter, origin, adapterFolder) { FourBit = fourBit };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The base and adapter folders that two names stand for.</summary>
    /// <param name="modelNameOrPath">A model folder, or an adapter folder.</param>
    /// <param name="adapterNameOrPath">An adapter folder, or null.</param>
    public static (string BaseFolder, string? AdapterFolder) Resolve(string modelNameOrPath, string? adapterNameOrPath)
    {
        RequireFolder(modelNameOrPath, "model_name_or_path");
        if (adapterNameOrPath is not null) RequireFolder(adapterNameOrPath, "adapter_name_or_path");
        if (!AdapterConfigFile.Exists(modelNameOrPath)) return (modelNameOrPath, adapterNameOrPath);
        if (adapterNameOrPath is not null)
            throw new ConfigurationException($"model_name_or_path ({modelNameOrPath}) is itself an adapter; give its base with adapter_name_or_path, or this folder alone");
        return (AdapterFolder.ResolveBase(modelNameOrPath, AdapterConfigFile.Read(modelNameOrPath)), modelNameOrPath);
    }

    /// <summary>Puts an adapter on what is no projection of its built model, and checks that all of it has found its place.</summary>
    internal static void Lay(LoraAdapter adapter, CausalLanguageModel model, string baseFolder)
    {
        adapter.Lay(model);
        if (adapter.Paths.Count == 0)
            throw new ConfigurationException($"{baseFolder}: no projection matches the adapter's target_modules; a Llama has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj");
        // PEFT would train less than was asked for without a word.
        if (adapter.UnmatchedModulesToSave is [var name, ..])
            throw new ConfigurationException($"modules_to_save: '{name}' matches no projection, embedding or norm of {baseFolder}{(name == "lm_head" ? ", whose output head is its embedding (tie_word_embeddings)" : "")}; name modules such as lm_head, embed_tokens, norm or o_proj");
    }

    // One weight in full precision is in memory at a time.
    private static void TakeStart(LoraAdapter adapter, string baseFolder)
    {
        using var checkpoint = Checkpoint.Open(baseFolder);
        adapter.TakeStart(site => checkpoint.Read($"{site.Path}.weight", site.Type, site.Device));
    }

    private static void RequireStart(LoraStart start, string baseFolder, ModelConfig config, FourBitOptions? fourBit, string? adapterFolder)
    {
        var isStored = config.Quantization is not null;
        var where = adapterFolder is null ? "" : $" of {adapterFolder}";
        if (start is PissaStart pissa && (isStored || fourBit is not null))
            throw new ConfigurationException($"init_lora_weights: {pissa.Name}{where} begins with a part of weights in full precision, and {(isStored ? $"{baseFolder} is stored in 4 bits" : "load_in_4bit quantises them")} (PEFT refuses it too); {(adapterFolder is null ? "loftq is the start for 4 bits" : "give the base in full precision, without load_in_4bit")}");
        if (start is LoftQStart && isStored)
            throw new ConfigurationException($"init_lora_weights: loftq{where} quantises weights in full precision, and {baseFolder} is stored in 4 bits; give the base in full precision with load_in_4bit: true");
        if (start is LoftQStart && fourBit is null)
            throw new ConfigurationException($"init_lora_weights: loftq{where} makes up for a quantisation, and without load_in_4bit there is none; add load_in_4bit: true{(adapterFolder is null ? ", or choose another start" : "")}");
    }

    private static void RequireFolder(string path, string key)
    {
        if (!Directory.Exists(path))
            throw new ConfigurationException($"{key}: there is no folder '{path}'; models are read from local folders, names of a hub are not resolved by this version");
    }
}
