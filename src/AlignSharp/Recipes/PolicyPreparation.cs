using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Loads the model of a training run and makes what is to be trained trainable: a fresh adapter, a loaded one, or all weights.</summary>
internal static class PolicyPreparation
{
    /// <summary>Loads and prepares.</summary>
    /// <param name="options">The run.</param>
    /// <param name="withDropout">Whether dropout acts while training.</param>
    /// <param name="host">Takes notes.</param>
    /// <exception cref="AlignSharpException">A folder cannot be used, or the options contradict the loaded adapter.</exception>
    public static Policy Load(TrainingRunOptions options, bool withDropout, RunHost host)
    {
        var device = ComputePlace.Device(options.Device);
        var policy = PolicyLoader.Load(options.ModelNameOrPath, options.AdapterNameOrPath, Type(options, device, host.Note), device, options.UsePeft ? LoraOptionsOf(options) : null);
        try
        {
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
        var trainsWeights = !options.UsePeft && PolicyLoader.Resolve(options.ModelNameOrPath, options.AdapterNameOrPath).AdapterFolder is null;
        if (!trainsWeights) return ComputePlace.Type(options.Dtype, device);
        if (options.Dtype == DtypeChoice.Auto) return ScalarType.Float32;
        if (options.Dtype == DtypeChoice.Float16)
            throw new ConfigurationException("dtype: full fine-tuning in float16 is not possible, AdamW's epsilon and moments vanish in it; set dtype: float32, or train an adapter");
        var type = ComputePlace.Type(options.Dtype, device);
        if (type != ScalarType.Float32)
            note($"dtype: full fine-tuning in {ModelFolder.TypeName(type)} loses updates below the last bit of a weight; dtype: float32 or an adapter does not");
        return type;
    }

    /// <summary>The fresh adapter that a run asks for.</summary>
    /// <param name="options">The run.</param>
    public static LoraOptions LoraOptionsOf(TrainingRunOptions options) => new()
    {
        Rank = options.LoraR,
        Alpha = options.LoraAlpha,
        Dropout = options.LoraDropout,
        RankStabilized = options.UseRslora,
        Targets = options.LoraTargetPattern is { } pattern ? AdapterConfigFile.LoraTargetsOf(pattern, "lora_target_modules")
            : options.LoraTargetModules.Count > 0 ? new NamedTargets(options.LoraTargetModules)
            : LoraTargets.Default,
    };

    private static void Prepare(Policy policy, TrainingRunOptions options, bool withDropout)
    {
        if (policy.Origin is not null) RequireSameAdapter(policy.Adapter!, options);
        else policy.Adapter?.Initialize(options.Seed);
        if (policy.Adapter is null)
            foreach (var (_, parameter) in policy.Trainable()) parameter.requires_grad = true;
        if (withDropout) policy.Model.train();
        else policy.Model.eval();
    }

    // lora_* keys beside a loaded adapter are not ignored: they must say what the adapter says.
    private static void RequireSameAdapter(LoraAdapter adapter, TrainingRunOptions options)
    {
        var loaded = adapter.Options;
        var asked = LoraOptionsOf(options);
        (string Key, object Asked, object Loaded)[] keys =
        [
            ("lora_r", asked.Rank, loaded.Rank), ("lora_alpha", asked.Alpha, loaded.Alpha), ("lora_dropout", asked.Dropout, loaded.Dropout),
            ("use_rslora", asked.RankStabilized, loaded.RankStabilized),
        ];
        foreach (var (key, wanted, found) in keys)
            if (options.GivenKeys.Contains(key) && !wanted.Equals(found))
                throw new ConfigurationException($"{key} differs from the loaded adapter's ({FormattableString.Invariant($"{found}")}); remove the key, or start a new adapter");
        if (options.GivenKeys.Contains("lora_target_modules") && !adapter.Adapts(asked.Targets))
            throw new ConfigurationException($"lora_target_modules means other projections than the loaded adapter's ({string.Join(", ", adapter.Paths.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct())}); remove the key, or start a new adapter");
    }
}
