using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Data.Faults;

namespace AlignSharp.Checkpoints;

/// <summary>The fields of <c>adapter_config.json</c> that say what an adapter is, both ways.</summary>
internal static class AdapterFields
{
    /// <summary>The names of all starts, for messages.</summary>
    public const string StartNames = "true, false, gaussian, orthogonal, pissa, pissa_niter_N, olora or loftq";

    private const string PissaRounds = "pissa_niter_", LoftQConfig = "loftq_config";
    private const int LoftQBits = 4;

    /// <summary>Reads them.</summary>
    /// <param name="fields">The file.</param>
    /// <exception cref="ArtifactException">A field is malformed, not supported, or contradicts another one.</exception>
    public static LoraOptions Read(ConfigFields fields)
    {
        var dropout = fields.Number("lora_dropout", 0);
        if (dropout is < 0 or >= 1) throw fields.Fault("lora_dropout", $"is {dropout}", "a probability below 1");
        var options = new LoraOptions
        {
            Rank = fields.PositiveInt("r", 8),
            Alpha = fields.PositiveNumber("lora_alpha", 8),
            RankPattern = Pattern(fields, "rank_pattern", (inner, key) => inner.PositiveInt(key)),
            AlphaPattern = Pattern(fields, "alpha_pattern", (inner, key) => inner.PositiveNumber(key)),
            Dropout = dropout,
            Targets = Modules(fields, "target_modules") ?? LoraTargets.Default,
            Excluded = Modules(fields, "exclude_modules"),
            Layers = Layers(fields),
            RankStabilized = fields.Flag("use_rslora", false),
            Decomposed = fields.Flag("use_dora", false),
            HasBiasOfB = fields.Flag("lora_bias", false),
            Bias = Bias(fields),
            ModulesToSave = Texts(fields, "modules_to_save"),
            Start = Start(fields),
        };
        return options.Contradiction is { } contradiction ? throw new ArtifactException($"{fields.File}: {contradiction}") : options;
    }

    /// <summary>Writes those that no adapter before this one has written; ranks, dropout and targets are the caller's.</summary>
    /// <param name="json">The object to write into.</param>
    /// <param name="options">The adapter's.</param>
    public static void Write(JsonObject json, LoraOptions options)
    {
        json["rank_pattern"] = new JsonObject(options.RankPattern.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value))));
        json["alpha_pattern"] = new JsonObject(options.AlphaPattern.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Number(entry.Value))));
        json["exclude_modules"] = options.Excluded switch
        {
            PatternTargets pattern => JsonValue.Create(pattern.Pattern),
            NamedTargets named => Names(named.Names),
            _ => null,
        };
        json["layers_to_transform"] = options.Layers is { } layers ? new JsonArray([.. layers.Layers.Select(layer => JsonValue.Create(layer))]) : null;
        json["layers_pattern"] = options.Layers is { Patterns.Count: > 0 } selected ? Names(selected.Patterns) : null;
        json["use_rslora"] = options.RankStabilized;
        json["use_dora"] = options.Decomposed;
        json["lora_bias"] = options.HasBiasOfB;
        json["bias"] = NameOf(options.Bias);
        json["modules_to_save"] = options.ModulesToSave.Count > 0 ? Names(options.ModulesToSave) : null;
        if (options.Start is LoftQStart loftq) json["loftq_config"] = new JsonObject { ["loftq_bits"] = LoftQBits, ["loftq_iter"] = loftq.Iterations };
        json["init_lora_weights"] = NameOf(options.Start) switch { "true" => true, "false" => false, var name => name };
    }

    /// <summary>A number as PEFT writes it: whole ones without a point.</summary>
    public static JsonValue Number(double value) => Math.Floor(value) == value ? JsonValue.Create((long)value) : JsonValue.Create(value);

    /// <summary>Names, sorted.</summary>
    public static JsonArray Names(IEnumerable<string> names) => new([.. names.Order(StringComparer.Ordinal).Select(n => JsonValue.Create(n))]);

    /// <summary>PEFT's name of a choice of biases.</summary>
    public static string NameOf(LoraBias bias) => bias switch { LoraBias.All => "all", LoraBias.LoraOnly => "lora_only", _ => "none" };

    /// <summary>PEFT's name of a start.</summary>
    public static string NameOf(LoraStart start) => start switch
    {
        UniformStart => "false",
        GaussianStart => "gaussian",
        OrthogonalStart => "orthogonal",
        OloraStart => "olora",
        LoftQStart => "loftq",
        PissaStart pissa => pissa.Name,
        _ => "true",
    };

    /// <summary>The start that a name means; null where it is none that this version has.</summary>
    /// <param name="name">The name; <c>true</c> and <c>false</c> are names too.</param>
    public static LoraStart? StartOf(string name) => name switch
    {
        "true" => new KaimingStart(),
        "false" => new UniformStart(),
        "gaussian" => new GaussianStart(),
        "orthogonal" => new OrthogonalStart(),
        "pissa" => new PissaStart(Iterations: null),
        "olora" => new OloraStart(),
        "loftq" => new LoftQStart(Iterations: 1),
        _ when name.StartsWith(PissaRounds, StringComparison.Ordinal) && int.TryParse(name.AsSpan(PissaRounds.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) => new PissaStart(rounds),
        _ => null,
    };

    private static LoraTargets? Modules(ConfigFields fields, string key)
    {
        if (!fields.Has(key)) return null;
        if (fields.Json[key] is JsonArray) return Texts(fields, key) is { Count: > 0 } names ? new NamedTargets(names) : null;
        return AdapterConfigFile.LoraTargetsOf(fields.Text(key)!, $"{AdapterConfigFile.FileName}: {key}");
    }

    private static LayerSelection? Layers(ConfigFields fields)
    {
        const string key = "layers_to_transform";
        var patterns = Texts(fields, "layers_pattern");
        var layers = fields.Json[key] switch
        {
            null => [],
            JsonArray list => list.Select(node => node is JsonValue value && value.TryGetValue<int>(out var layer) ? layer : throw fields.Fault(key, $"is {list.ToJsonString()}", "whole numbers")).ToArray(),
            _ => [fields.Int(key)],
        };
        if (layers.Length > 0) return Compiled(fields, "layers_pattern", () => new LayerSelection(layers, patterns));
        return patterns.Count == 0 ? null : throw fields.Unsupported("layers_pattern", "it needs layers_to_transform");
    }

    private static LoraBias Bias(ConfigFields fields) => fields.Text("bias") switch
    {
        null or "none" => LoraBias.None,
        "all" => LoraBias.All,
        "lora_only" => LoraBias.LoraOnly,
        _ => throw fields.Unsupported("bias", "expected none, all or lora_only"),
    };

    private static LoraStart Start(ConfigFields fields)
    {
        const string key = "init_lora_weights";
        var name = !fields.Has(key) ? "true" : fields.Json[key]!.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? fields.Json[key]!.ToJsonString() : fields.Text(key)!;
        var start = StartOf(name) ?? throw fields.Unsupported(key, $"expected {StartNames}");
        if (start is LoftQStart) return LoftQ(fields);
        return !fields.Has(LoftQConfig) || fields.Json[LoftQConfig]!.ToJsonString() == "{}" ? start : throw fields.Unsupported(LoftQConfig, $"it counts only where {key} is \"loftq\"");
    }

    private static LoftQStart LoftQ(ConfigFields fields)
    {
        if (fields.Object(LoftQConfig) is not { } inner) return new LoftQStart(Iterations: 1);
        if (inner.PositiveInt("loftq_bits", LoftQBits) is var bits and not LoftQBits) throw fields.Unsupported(LoftQConfig, $"bases are quantised to {LoftQBits} bits, and its loftq_bits are {bits}");
        return new LoftQStart(inner.PositiveInt("loftq_iter", 1));
    }

    private static PatternTable<T> Pattern<T>(ConfigFields fields, string key, Func<ConfigFields, string, T> read)
    {
        if (fields.Object(key) is not { } inner) return new PatternTable<T>([], key);
        return Compiled(fields, key, () => new PatternTable<T>([.. inner.Keys.Select(name => KeyValuePair.Create(name, read(inner, name)))], key));
    }

    private static T Compiled<T>(ConfigFields fields, string key, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException fault)
        {
            throw new ArtifactException($"{fields.File}: '{key}' has a malformed regular expression: {fault.Message}", fault);
        }
    }

    // A list of names, or one name.
    private static IReadOnlyList<string> Texts(ConfigFields fields, string key)
    {
        if (!fields.Has(key)) return [];
        if (fields.Json[key] is not JsonArray list) return fields.Text(key) is { Length: > 0 } one ? [one] : [];
        return [.. list.Select(n => n?.GetValueKind() == JsonValueKind.String ? n.GetValue<string>() : throw fields.Fault(key, $"is {list.ToJsonString()}", "names"))];
    }
}
