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
        ["use_dora"] = ["false"],
        ["bias"] = ["\"none\""],
        ["modules_to_save"] = ["[]"],
        ["rank_pattern"] = ["{}"],
        ["alpha_pattern"] = ["{}"],
        ["layers_to_transform"] = ["[]"],
        ["layers_pattern"] = ["[]", "\"\""],
        ["exclude_modules"] = ["[]"],
        ["fan_in_fan_out"] = ["false"],
        ["lora_bias"] = ["false"],
        ["init_lora_weights"] = ["true", "false", "\"gaussian\""],
        ["trainable_token_indices"] = [],
        ["target_parameters"] = ["[]"],
        ["layer_replication"] = [],
        ["megatron_config"] = [],
        ["loftq_config"] = ["{}"],
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
        "target_modules", "use_rslora", "megatron_core", "qalora_group_size", "ensure_weight_tying",
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
                throw fields.Unsupported(key, "this version reads plain LoRA and rsLoRA adapters");
        var dropout = fields.Number("lora_dropout", 0);
        if (dropout is < 0 or >= 1) throw fields.Fault("lora_dropout", $"is {dropout}", "a probability below 1");
        var options = new LoraOptions
        {
            Rank = fields.PositiveInt("r", 8),
            Alpha = fields.PositiveNumber("lora_alpha", 8),
            Dropout = dropout,
            RankStabilized = fields.Flag("use_rslora", false),
            Targets = Targets(fields),
        };
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
        json["lora_alpha"] = Math.Floor(adapter.Options.Alpha) == adapter.Options.Alpha ? JsonValue.Create((long)adapter.Options.Alpha) : JsonValue.Create(adapter.Options.Alpha);
        json["lora_dropout"] = JsonNode.Parse(adapter.Options.Dropout == 0 ? "0.0" : JsonSerializer.Serialize(adapter.Options.Dropout));
        json["use_rslora"] = adapter.Options.RankStabilized;
        json["base_model_name_or_path"] = baseModel;
        json["inference_mode"] = true;
        if (origin is null || json["target_modules"] is null) json["target_modules"] = TargetNames(adapter);
        JsonObjectFile.Write(Path.Combine(folder, FileName), json, sorted: true);
    }

    private static LoraTargets Targets(ConfigFields fields)
    {
        if (!fields.Has("target_modules")) return LoraTargets.Default;
        if (fields.Json["target_modules"] is JsonArray list)
        {
            var names = list.Select(n => n?.GetValueKind() == JsonValueKind.String ? n.GetValue<string>() : throw fields.Fault("target_modules", $"is {list.ToJsonString()}", "names")).ToArray();
            if (names.Any(name => NamedTargets.NameMatches("embed_tokens", name))) throw fields.Unsupported("target_modules", "this version adapts linear projections, not embeddings");
            return new NamedTargets(names);
        }
        return LoraTargetsOf(fields.Text("target_modules")!, $"{FileName}: target_modules");
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
        NamedTargets named => Names(named.Names),
        // PEFT writes what the word stands for, not the word.
        _ => adapter.Sites.Select(site => site.Name).Distinct().ToArray() is var names && adapter.Adapts(new NamedTargets(names)) ? Names(names) : Names(adapter.Paths),
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Order(StringComparer.Ordinal).Select(n => JsonValue.Create(n))]);

    // What PEFT 0.14 writes for a plain LoRA; later versions read it unchanged.
    private static JsonObject Defaults() => new()
    {
        ["alpha_pattern"] = new JsonObject(),
        ["auto_mapping"] = null,
        ["bias"] = "none",
        ["eva_config"] = null,
        ["exclude_modules"] = null,
        ["fan_in_fan_out"] = false,
        ["init_lora_weights"] = true,
        ["layer_replication"] = null,
        ["layers_pattern"] = null,
        ["layers_to_transform"] = null,
        ["loftq_config"] = new JsonObject(),
        ["lora_bias"] = false,
        ["megatron_config"] = null,
        ["megatron_core"] = "megatron.core",
        ["modules_to_save"] = null,
        ["peft_type"] = "LORA",
        ["rank_pattern"] = new JsonObject(),
        ["revision"] = null,
        ["task_type"] = "CAUSAL_LM",
        ["use_dora"] = false,
    };
}
