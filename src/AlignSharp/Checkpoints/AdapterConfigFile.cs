using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;

namespace AlignSharp.Checkpoints;

/// <summary>Reads and writes <c>adapter_config.json</c> as PEFT has it; a variant that is not supported is refused by name.</summary>
public static class AdapterConfigFile
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "adapter_config.json";

    // Fields of PEFT's LoraConfig that change the computation, with the values under which they do not.
    private static readonly Dictionary<string, string[]> Variants = new(StringComparer.Ordinal)
    {
        ["fan_in_fan_out"] = ["false"],
        ["trainable_token_indices"] = [],
        ["target_parameters"] = ["[]"],
        ["layer_replication"] = [],
        ["megatron_config"] = [],
        ["eva_config"] = [],
        ["corda_config"] = [],
        ["lora_ga_config"] = [],
        ["arrow_config"] = [],
        ["kasa_config"] = [],
        ["velora_config"] = [],
        ["monteclora_config"] = [],
        ["alora_invocation_tokens"] = [],
        ["use_bdlora"] = ["false"],
        ["use_qalora"] = ["false"],
    };

    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "peft_type", "task_type", "base_model_name_or_path", "revision", "inference_mode", "auto_mapping", "peft_version", "r", "lora_alpha", "lora_dropout",
        "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern", "modules_to_save", "bias", "lora_bias",
        "use_rslora", "use_dora", "init_lora_weights", "loftq_config", "megatron_core", "qalora_group_size", "ensure_weight_tying",
    };

    /// <summary>Whether a folder is an adapter's.</summary>
    /// <param name="folder">The folder.</param>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads an adapter's configuration.</summary>
    /// <param name="folder">A PEFT adapter folder.</param>
    /// <exception cref="ArtifactException">The file is missing or malformed, or asks for a variant that is not supported.</exception>
    public static AdapterConfig Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var fields = new ConfigFields(path, JsonObjectFile.Read(path));
        if (fields.Text("peft_type") != "LORA") throw fields.Unsupported("peft_type", "this version reads \"LORA\"");
        foreach (var (key, harmless) in Variants)
            if (fields.Has(key) && !harmless.Contains(fields.Json[key]!.ToJsonString()))
                throw fields.Unsupported(key, "this variant of LoRA is not among those that are read (docs/guide/adapters.md)");
        var options = AdapterFields.Read(fields);
        return new AdapterConfig(options, fields.Text("base_model_name_or_path"), [.. fields.Keys.Where(k => !Plain.Contains(k) && !Variants.ContainsKey(k))], fields.Json);
    }

    /// <summary>Writes an adapter's configuration with sorted keys.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="baseModel">Base model as the user named it.</param>
    /// <param name="origin">Configuration of the adapter that this one continues, whose other fields are kept; null for a new one.</param>
    public static void Write(string folder, LoraAdapter adapter, string? baseModel, AdapterConfig? origin)
    {
        var json = origin is null ? Defaults() : (JsonObject)origin.Json.DeepClone();
        json["r"] = adapter.Options.Rank;
        json["lora_alpha"] = AdapterFields.Number(adapter.Options.Alpha);
        json["lora_dropout"] = JsonNode.Parse(adapter.Options.Dropout == 0 ? "0.0" : JsonSerializer.Serialize(adapter.Options.Dropout));
        json["base_model_name_or_path"] = baseModel;
        json["inference_mode"] = true;
        if (origin is null) AdapterFields.Write(json, adapter.Options);
        if (origin is null || json["target_modules"] is null) json["target_modules"] = TargetNames(adapter);
        JsonObjectFile.Write(Path.Combine(folder, FileName), json, sorted: true);
    }

    /// <summary>Targets from a single string: <c>all-linear</c> in any case, else a regular expression over whole module paths.</summary>
    /// <param name="text">The string.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="ArtifactException">The expression is malformed.</exception>
    public static LoraTargets LoraTargetsOf(string text, string where)
    {
        if (text.Equals("all-linear", StringComparison.OrdinalIgnoreCase)) return new AllLinearTargets();
        try
        {
            return new PatternTargets(text);
        }
        catch (ArgumentException fault)
        {
            throw new ArtifactException($"{where}: '{text}' is not a regular expression: {fault.Message}", fault);
        }
    }

    private static JsonNode TargetNames(LoraAdapter adapter) => adapter.Options.Targets switch
    {
        PatternTargets pattern => JsonValue.Create(pattern.Pattern),
        NamedTargets named => AdapterFields.Names(named.Names),
        // PEFT writes what the word stands for, not the word.
        _ => adapter.Sites.Select(site => site.Name).Distinct().ToArray() is var names && adapter.Adapts(adapter.Options with { Targets = new NamedTargets(names) }) ? AdapterFields.Names(names) : AdapterFields.Names(adapter.Paths),
    };

    // What PEFT 0.14 writes for a plain LoRA; later versions read it unchanged.
    private static JsonObject Defaults() => new()
    {
        ["auto_mapping"] = null,
        ["eva_config"] = null,
        ["fan_in_fan_out"] = false,
        ["layer_replication"] = null,
        ["loftq_config"] = new JsonObject(),
        ["megatron_config"] = null,
        ["megatron_core"] = "megatron.core",
        ["peft_type"] = "LORA",
        ["revision"] = null,
        ["task_type"] = "CAUSAL_LM",
    };
}
