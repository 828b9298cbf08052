using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Quantization;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Reads the keys that choose another one's value, or whose texts mean a choice, for the options of every training recipe.</summary>
internal static class TrainingBinding
{
    public static (IReadOnlyList<string> Names, string? Pattern) LoraTargets(EffectiveConfiguration from)
    {
        var targets = from.TextList("lora_target_modules");
        if (targets.Count == 1 && (KeyRules.IsPattern(targets[0]) || IsAllLinear(targets[0]))) return ([], targets[0]);
        return targets.FirstOrDefault(name => KeyRules.IsPattern(name) || IsAllLinear(name)) is { } stray
            ? throw Fault(from, "lora_target_modules", $"{stray} must stand alone; a list holds module names")
            : (targets, null);
    }

    public static CheckpointingChoice Checkpointing(EffectiveConfiguration from) => from.Text("gradient_checkpointing") switch
    {
        "true" => CheckpointingChoice.On,
        "false" => CheckpointingChoice.Off,
        _ => CheckpointingChoice.Auto,
    };

    public static string Required(EffectiveConfiguration from, string key, string what) =>
        from.TextOrNull(key) ?? throw new ConfigurationException($"{key} is missing; expected {what}, in the file or as --{key}");

    private static bool IsAllLinear(string text) => text.Equals("all-linear", StringComparison.OrdinalIgnoreCase);

    public static DtypeChoice Dtype(EffectiveConfiguration from)
    {
        var fp16 = from.Boolean("fp16");
        var bf16 = from.Value("bf16").AsBoolean();
        if (fp16 && bf16 == true) throw Fault(from, "fp16", "fp16 and bf16 are both true; keep one of them");
        if (from.IsGiven("dtype") && from.TextOrNull("dtype") is { } dtype)
        {
            return dtype switch
            {
                "float32" => DtypeChoice.Float32,
                "bfloat16" => DtypeChoice.BFloat16,
                "float16" => DtypeChoice.Float16,
                _ => DtypeChoice.Auto,
            };
        }
        if (from.Boolean("load_in_4bit") && ComputeType(from) is { } compute) return compute switch { ScalarType.BFloat16 => DtypeChoice.BFloat16, ScalarType.Float16 => DtypeChoice.Float16, _ => DtypeChoice.Float32 };
        if (fp16) return DtypeChoice.Float16;
        return bf16 switch { true => DtypeChoice.BFloat16, false => DtypeChoice.Float32, null => DtypeChoice.Auto };
    }

    /// <summary>The keys of 4-bit bases; null without load_in_4bit.</summary>
    public static FourBitOptions? FourBit(EffectiveConfiguration from)
    {
        if (!from.Boolean("load_in_4bit")) return null;
        return new FourBitOptions
        {
            Type = from.Text("bnb_4bit_quant_type") == "fp4" ? FourBitType.Fp4 : FourBitType.Nf4,
            DoubleQuantization = from.Boolean("use_bnb_nested_quant"),
            Storage = from.TextOrNull("bnb_4bit_quant_storage") is { } storage ? QuantizationConfig.StorageNames[storage] : ScalarType.Byte,
            ComputeType = ComputeType(from),
            SkipModules = from.Value("llm_int8_skip_modules").Shape == ValueShape.Null ? null : from.TextList("llm_int8_skip_modules"),
        };
    }

    private static ScalarType? ComputeType(EffectiveConfiguration from) => ModelFolder.TypeOf(from.TextOrNull("bnb_4bit_compute_dtype"));

    public static string Device(EffectiveConfiguration from)
    {
        var device = from.Text("device");
        var isGpu = device == "cuda" || (device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length is > 5 and < 9 && device.AsSpan(5).IndexOfAnyExceptInRange('0', '9') < 0);
        if (device is not ("auto" or "cpu") && !isGpu) throw Fault(from, "device", $"{device} is not known; expected auto, cpu, cuda or cuda:N");
        var cpuKey = from.Boolean("use_cpu") ? "use_cpu" : from.Boolean("no_cuda") ? "no_cuda" : null;
        if (cpuKey is not null && isGpu) throw Fault(from, cpuKey, $"{cpuKey} contradicts device: {device}; keep one of them");
        return cpuKey is null ? device : "cpu";
    }

    public static SamplingStrategy Sampling(EffectiveConfiguration from)
    {
        var strategy = from.Text("train_sampling_strategy") switch
        {
            "sequential" => SamplingStrategy.Sequential,
            "group_by_length" => SamplingStrategy.GroupByLength,
            _ => SamplingStrategy.Random,
        };
        if (!from.Boolean("group_by_length")) return strategy;
        if (from.IsGiven("train_sampling_strategy") && strategy != SamplingStrategy.GroupByLength)
            throw Fault(from, "group_by_length", "group_by_length contradicts train_sampling_strategy; keep train_sampling_strategy");
        return SamplingStrategy.GroupByLength;
    }

    public static StepInterval Warmup(EffectiveConfiguration from)
    {
        var steps = from.Number("warmup_steps");
        var ratio = from.NumberOrNull("warmup_ratio") ?? 0;
        if (steps > 0 && ratio > 0) throw Fault(from, "warmup_ratio", "warmup_ratio and warmup_steps are both set; keep one of them");
        if (ratio == 1) throw Fault(from, "warmup_ratio", "1 would warm up for the whole run; expected a fraction below 1");
        return new StepInterval(steps > 0 ? steps : ratio);
    }

    public static IntervalChoice Interval(EffectiveConfiguration from, string key) => from.Text(key) switch
    {
        "steps" => IntervalChoice.Steps,
        "epoch" => IntervalChoice.Epoch,
        _ => IntervalChoice.No,
    };

    private static ConfigurationException Fault(EffectiveConfiguration from, string key, string what) => new($"{from.Source(key).Position}: {key}: {what}");
}
