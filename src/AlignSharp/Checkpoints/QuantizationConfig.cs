using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>The <c>quantization_config</c> of a <c>config.json</c> whose weights are stored in 4 bits by bitsandbytes.</summary>
/// <param name="Options">How they were quantised; what is stored of each weight wins.</param>
/// <param name="ComputeType">Type in which they are to be multiplied (<c>bnb_4bit_compute_dtype</c>).</param>
public sealed record QuantizationConfig(FourBitOptions Options, ScalarType ComputeType)
{
    /// <summary>Reads the object.</summary>
    /// <param name="fields">The object.</param>
    /// <exception cref="ArtifactException">It is another quantisation, or contradicts itself.</exception>
    internal static QuantizationConfig Read(ConfigFields fields)
    {
        if ((fields.Text("quant_method") ?? "bitsandbytes") != "bitsandbytes") throw fields.Unsupported("quant_method", "4-bit weights of bitsandbytes are read; give those, or the unquantised checkpoint");
        if (Flag("load_in_8bit")) throw fields.Unsupported("load_in_8bit", "8-bit weights are not read; quantise the unquantised checkpoint to 4 bits, or use it in bfloat16");
        if (!Flag("load_in_4bit")) throw fields.Fault("load_in_4bit", "is not true", "4-bit weights of bitsandbytes");
        var type = FourBitCode.TypeOf(fields.Text("bnb_4bit_quant_type") ?? "fp4", "quantization_config");
        var compute = fields.Text("bnb_4bit_compute_dtype") ?? "float32";
        return new QuantizationConfig(
            new FourBitOptions { Type = type, DoubleQuantization = fields.Flag("bnb_4bit_use_double_quant", false), Storage = Storage(fields), SkipModules = Skipped(fields) },
            ModelFolder.TypeOf(compute) ?? throw fields.Fault("bnb_4bit_compute_dtype", $"is {compute}", "float32, bfloat16 or float16"));

        bool Flag(string key) => fields.Flag(key, fields.Flag("_" + key, false));
    }

    /// <summary>The object as transformers writes it.</summary>
    internal JsonObject Write() => new()
    {
        ["_load_in_4bit"] = true,
        ["_load_in_8bit"] = false,
        ["bnb_4bit_compute_dtype"] = ModelFolder.TypeName(ComputeType),
        ["bnb_4bit_quant_storage"] = StorageNames.First(name => name.Value == Options.Storage).Key,
        ["bnb_4bit_quant_type"] = FourBitCode.Of(Options.Type).Name,
        ["bnb_4bit_use_double_quant"] = Options.DoubleQuantization,
        ["llm_int8_enable_fp32_cpu_offload"] = false,
        ["llm_int8_has_fp16_weight"] = false,
        ["llm_int8_skip_modules"] = Options.SkipModules is null ? null : new JsonArray([.. Options.SkipModules.Select(name => JsonValue.Create(name))]),
        ["llm_int8_threshold"] = 6.0,
        ["load_in_4bit"] = true,
        ["load_in_8bit"] = false,
        ["quant_method"] = "bitsandbytes",
    };

    /// <summary>The types that packed bytes may be labelled with, by name.</summary>
    public static IReadOnlyDictionary<string, ScalarType> StorageNames { get; } = new Dictionary<string, ScalarType>(StringComparer.Ordinal)
    {
        ["uint8"] = ScalarType.Byte,
        ["int8"] = ScalarType.Int8,
        ["float16"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
        ["float32"] = ScalarType.Float32,
        ["float64"] = ScalarType.Float64,
    };

    private static ScalarType Storage(ConfigFields fields)
    {
        var name = fields.Text("bnb_4bit_quant_storage") ?? "uint8";
        return StorageNames.TryGetValue(name, out var type) ? type : throw fields.Fault("bnb_4bit_quant_storage", $"is {name}", $"one of {string.Join(", ", StorageNames.Keys)}");
    }

    private static string[]? Skipped(ConfigFields fields)
    {
        if (!fields.Has("llm_int8_skip_modules")) return null;
        return fields.Json["llm_int8_skip_modules"] is JsonArray list && list.All(name => name?.GetValueKind() == System.Text.Json.JsonValueKind.String)
            ? [.. list.Select(name => name!.GetValue<string>())]
            : throw fields.Fault("llm_int8_skip_modules", $"is {fields.Json["llm_int8_skip_modules"]!.ToJsonString()}", "module names");
    }
}
