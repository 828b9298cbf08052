using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Loads the model of a training run and makes what is to be trained trainable: a fresh adapter, a loaded one, or all weights.</summary>
internal static class PolicyPreparation
{
    private static readonly string[] FourBitKeys = ["bnb_4bit_quant_type", "use_bnb_nested_quant", "bnb_4bit_quant_storage", "bnb_4bit_compute_dtype", "llm_int8_skip_modules"];

    /// <summary>Loads and prepares.</summary>
    /// <param name="options">The run.</param>
    /// <param name="withDropout">Whether dropout acts while training.</param>
    /// <param name="host">Takes notes.</param>
    /// <exception cref="AlignSharpException">A folder cannot be used, or the options contradict the loaded adapter.</exception>
    public static Policy Load(TrainingRunOptions options, bool withDropout, RunHost host)
    {
        var device = ComputePlace.Device(options.Device);
        var policy = PolicyLoader.Load(options.ModelNameOrPath, options.AdapterNameOrPath, Type(options, device, host.Note), device, options.UsePeft ? AdapterChoice.Of(options) : null, options.FourBit, options.AdapterDtype == DtypeChoice.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        try
        {
            RequireFourBit(policy, options, host);
            Prepare(policy, options, withDropout);
            // A misspelt name must not train less than was asked for without a word.
            if (policy.Adapter is { UnmatchedNames: { Count: > 0 } unmatched })
                host.Note($"lora_target_modules: {string.Join(", ", unmatched)} match no projection of {policy.BaseFolder} and are left out (as PEFT does); adapted are {policy.Adapter.Paths.Count} projections");
            return policy;
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }

    /// <summary>The type to compute in. Weights that are trained themselves need float32: at these learning rates an update is smaller than bfloat16's last bit.</summary>
    /// <param name="options">The run.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="note">Takes notes.</param>
    /// <exception cref="ConfigurationException">The type cannot be trained in.</exception>
    public static ScalarType Type(TrainingRunOptions options, Device device, Action<string> note)
    {
        var trainsWeights = !options.UsePeft && options.FourBit is null && PolicyLoader.Resolve(options.ModelNameOrPath, options.AdapterNameOrPath).AdapterFolder is null;
        if (!trainsWeights) return ComputePlace.Type(options.Dtype, device);
        if (options.Dtype == DtypeChoice.Auto) return ScalarType.Float32;
        if (options.Dtype == DtypeChoice.Float16)
            throw new ConfigurationException("dtype: full fine-tuning in float16 is not possible, AdamW's epsilon and moments vanish in it; set dtype: float32, or train an adapter");
        var type = ComputePlace.Type(options.Dtype, device);
        if (type != ScalarType.Float32)
            note($"dtype: full fine-tuning in {ModelFolder.TypeName(type)} loses updates below the last bit of a weight; dtype: float32 or an adapter does not");
        return type;
    }

    // What is stored in 4 bits stays as it is, and 4 bits cannot be trained themselves.
    private static void RequireFourBit(Policy policy, TrainingRunOptions options, RunHost host)
    {
        var stored = policy.Config.Quantization?.Options;
        if (policy.Adapter is null && (stored is not null || options.FourBit is not null))
            throw new ConfigurationException($"{(options.FourBit is null ? policy.BaseFolder : "load_in_4bit")}: weights of 4 bits are frozen; train an adapter over them with use_peft: true, or give the model in full precision");
        if (stored is not null && options.FourBit is { } asked && ((options.GivenKeys.Contains("bnb_4bit_quant_type") && asked.Type != stored.Type) || (options.GivenKeys.Contains("use_bnb_nested_quant") && asked.DoubleQuantization != stored.DoubleQuantization)))
            throw new ConfigurationException($"{policy.BaseFolder} is stored in {stored.Type.ToString().ToLowerInvariant()}{(stored.DoubleQuantization ? " with" : " without")} nested scales, which bnb_4bit_quant_type and use_bnb_nested_quant cannot change; remove these keys, or give the model in full precision");
        if (stored is null && options.FourBit is null && FourBitKeys.FirstOrDefault(options.GivenKeys.Contains) is { } idle)
            host.Note($"{idle}: means nothing without load_in_4bit: true; the base is used in {ModelFolder.TypeName(policy.Model.ComputeType)}");
    }

    private static void Prepare(Policy policy, TrainingRunOptions options, bool withDropout)
    {
        if (policy.Origin is not null) AdapterChoice.RequireSame(policy.Adapter!, options);
        else policy.Adapter?.Initialize(options.Seed);
        if (policy.Adapter is null)
            foreach (var (_, parameter) in policy.Trainable()) parameter.requires_grad = true;
        if (withDropout) policy.Model.train();
        else policy.Model.eval();
    }
}
