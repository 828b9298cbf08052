using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Models.Llama;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>Reads <c>config.json</c> in the forms that transformers 4 and 5 write; a feature that would change the numbers is refused by name.</summary>
public static class ModelConfigReader
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "config.json";

    // Keys of other Llama-like families that change the computation; harmless values are listed with them.
    private static readonly Dictionary<string, string[]> Features = new(StringComparer.Ordinal)
    {
        ["auto_map"] = ["null", "{}"],
        ["sliding_window"] = ["null"],
        ["layer_types"] = ["null"],
        ["attention_dropout"] = ["0", "0.0", "null"],
        ["partial_rotary_factor"] = ["1", "1.0", "null"],
        ["attn_logit_softcapping"] = ["null"],
        ["final_logit_softcapping"] = ["null"],
        ["query_pre_attn_scalar"] = ["null"],
        ["embedding_multiplier"] = ["1", "1.0", "null"],
        ["residual_multiplier"] = ["1", "1.0", "null"],
        ["attention_multiplier"] = ["null"],
        ["logits_scaling"] = ["1", "1.0", "null"],
        ["scale_embeddings"] = ["false", "null"],
        ["num_local_experts"] = ["0", "1", "null"],
        ["qk_norm"] = ["false", "null"],
        ["use_qk_norm"] = ["false", "null"],
        ["no_rope_layers"] = ["null", "[]"],
        ["pruned_heads"] = ["null", "{}"],
    };

    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "architectures", "model_type", "transformers_version", "_name_or_path", "_commit_hash", "use_cache", "pretraining_tp", "torch_dtype", "dtype",
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim", "hidden_act",
        "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters", "attention_bias", "mlp_bias", "tie_word_embeddings",
        "bos_token_id", "eos_token_id", "pad_token_id", "initializer_range", "_attn_implementation_autoset", "is_llama_config", "rope_interleaved", "quantization_config",
    };

    /// <summary>Reads a folder's configuration.</summary>
    /// <param name="folder">A Hugging Face model folder.</param>
    /// <exception cref="ArtifactException">The file is missing or malformed, or names a feature that is not supported.</exception>
    public static ModelConfig Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var fields = new ConfigFields(path, JsonObjectFile.Read(path));
        RefuseFeatures(fields);
        var shape = Shape(fields);
        return new ModelConfig
        {
            Shape = shape,
            DeclaredType = DeclaredType(fields),
            Quantization = fields.Object("quantization_config") is { } quantization ? QuantizationConfig.Read(quantization) : null,
            BosTokenId = fields.Has("bos_token_id") ? fields.Int("bos_token_id") : null,
            EosTokenIds = GenerationEos(folder) ?? TokenIds(fields, "eos_token_id"),
            IgnoredKeys = [.. fields.Keys.Where(key => !Harmless.Contains(key) && !Features.ContainsKey(key))],
            Json = fields.Json,
        };
    }

    private static void RefuseFeatures(ConfigFields fields)
    {
        var family = fields.Text("model_type") ?? throw fields.Fault("model_type", "is missing", "the family, such as \"llama\"");
        if (family != "llama") throw fields.Unsupported("model_type", "this version reads \"llama\"");
        if ((fields.Text("hidden_act") ?? "silu") != "silu") throw fields.Unsupported("hidden_act", "a Llama has \"silu\"");
        foreach (var (key, harmless) in Features)
            if (fields.Has(key) && !harmless.Contains(fields.Json[key]!.ToJsonString()))
                throw fields.Unsupported(key, "this version computes a plain Llama without it");
    }

    private static LlamaConfig Shape(ConfigFields fields)
    {
        var hidden = fields.PositiveInt("hidden_size", 4096);
        var heads = fields.PositiveInt("num_attention_heads", 32);
        var keyValueHeads = fields.PositiveInt("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0) throw fields.Fault("num_key_value_heads", $"is {keyValueHeads}", $"a divisor of num_attention_heads ({heads})");
        if (!fields.Has("head_dim") && hidden % heads != 0) throw fields.Fault("num_attention_heads", $"is {heads}", $"a divisor of hidden_size ({hidden}), or a head_dim");
        var headDim = fields.PositiveInt("head_dim", hidden / heads);
        if (headDim % 2 != 0) throw fields.Fault("head_dim", $"is {headDim}", "an even number, for rotary positions");
        var rope = fields.Object("rope_parameters");
        var maxPositions = fields.PositiveInt("max_position_embeddings", 2048);
        return new LlamaConfig
        {
            VocabularySize = fields.PositiveInt("vocab_size", 32000),
            HiddenSize = hidden,
            IntermediateSize = fields.PositiveInt("intermediate_size", 11008),
            Layers = fields.PositiveInt("num_hidden_layers", 32),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            MaxPositions = maxPositions,
            RmsNormEpsilon = fields.PositiveNumber("rms_norm_eps", 1e-6),
            RopeTheta = rope?.PositiveNumber("rope_theta", 10000) ?? fields.PositiveNumber("rope_theta", 10000),
            RopeScaling = RopeScalingReader.Read(rope ?? fields.Object("rope_scaling"), maxPositions),
            AttentionBias = fields.Flag("attention_bias", false),
            MlpBias = fields.Flag("mlp_bias", false),
            TieWordEmbeddings = fields.Flag("tie_word_embeddings", false),
            InitializerRange = fields.PositiveNumber("initializer_range", 0.02),
        };
    }

    private static ScalarType? DeclaredType(ConfigFields fields) => ModelFolder.TypeOf(fields.Text("dtype") ?? fields.Text("torch_dtype"));

    private static int[]? GenerationEos(string folder)
    {
        var path = Path.Combine(folder, "generation_config.json");
        if (!File.Exists(path)) return null;
        var fields = new ConfigFields(path, JsonObjectFile.Read(path));
        return fields.Has("eos_token_id") ? TokenIds(fields, "eos_token_id") : null;
    }

    private static int[] TokenIds(ConfigFields fields, string key)
    {
        if (!fields.Has(key)) return [];
        if (fields.Json[key] is not JsonArray list) return [fields.Int(key)];
        return [.. list.Select(id => id is JsonValue value && value.TryGetValue<int>(out var number) ? number : throw fields.Fault(key, $"is {list.ToJsonString()}", "an id or a list of ids"))];
    }
}
