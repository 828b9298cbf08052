using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes;

/// <summary>The adapter that a run's keys ask for.</summary>
internal static class AdapterChoice
{
    private static readonly string[] KeysOfPlace = ["lora_target_modules", "lora_exclude_modules", "lora_layers_to_transform"];

    /// <summary>The options of a new adapter.</summary>
    /// <param name="options">The run.</param>
    /// <exception cref="ConfigurationException">A value is not possible, or two contradict each other.</exception>
    public static LoraOptions Of(TrainingRunOptions options)
    {
        var lora = new LoraOptions
        {
            Rank = options.LoraR,
            Alpha = options.LoraAlpha,
            RankPattern = Compiled("lora_rank_pattern", () => new PatternTable<int>(options.LoraRankPattern, "lora_rank_pattern")),
            AlphaPattern = Compiled("lora_alpha_pattern", () => new PatternTable<double>(options.LoraAlphaPattern, "lora_alpha_pattern")),
            Dropout = options.LoraDropout,
            RankStabilized = options.UseRslora,
            Decomposed = options.UseDora,
            Targets = options.LoraTargetPattern is { } pattern ? AdapterConfigFile.LoraTargetsOf(pattern, "lora_target_modules")
                : options.LoraTargetModules.Count > 0 ? new NamedTargets(options.LoraTargetModules)
                : LoraTargets.Default,
            Excluded = Excluded(options.LoraExcludeModules),
            Layers = Layers(options),
            HasBiasOfB = options.LoraBias == "true",
            Bias = options.LoraBias switch { "all" => LoraBias.All, "lora_only" => LoraBias.LoraOnly, _ => LoraBias.None },
            ModulesToSave = options.LoraModulesToSave,
            Start = Start(options),
        };
        return lora.Contradiction is { } contradiction ? throw new ConfigurationException($"adapter: {contradiction}") : lora;
    }

    /// <summary>Keys beside a loaded adapter are not ignored: they must say what the adapter says.</summary>
    /// <param name="adapter">The loaded adapter.</param>
    /// <param name="options">The run.</param>
    /// <exception cref="ConfigurationException">One says something else.</exception>
    public static void RequireSame(LoraAdapter adapter, TrainingRunOptions options)
    {
        var (loaded, asked) = (adapter.Options, Of(options));
        (string Key, object Asked, object Loaded)[] keys =
        [
            ("lora_r", asked.Rank, loaded.Rank), ("lora_alpha", asked.Alpha, loaded.Alpha), ("lora_dropout", asked.Dropout, loaded.Dropout),
            ("use_rslora", asked.RankStabilized, loaded.RankStabilized), ("use_dora", asked.Decomposed, loaded.Decomposed),
            ("lora_bias", Bias(asked), Bias(loaded)), ("lora_modules_to_save", Names(asked.ModulesToSave), Names(loaded.ModulesToSave)),
            ("lora_rank_pattern", Values(asked.RankPattern), Values(loaded.RankPattern)), ("lora_alpha_pattern", Values(asked.AlphaPattern), Values(loaded.AlphaPattern)),
            ("init_lora_weights", AdapterFields.NameOf(asked.Start), AdapterFields.NameOf(loaded.Start)),
            ("loftq_iter", options.LoftqIter, (loaded.Start as LoftQStart)?.Iterations ?? (object)"none"),
        ];
        bool IsGiven(string key) => options.GivenKeys.Contains(key);
        foreach (var (key, wanted, found) in keys)
            if (IsGiven(key) && !wanted.Equals(found))
                throw new ConfigurationException($"{key} differs from the loaded adapter's ({FormattableString.Invariant($"{found}")}); remove the key, or start a new adapter");
        var meant = loaded with
        {
            Targets = IsGiven("lora_target_modules") ? asked.Targets : loaded.Targets,
            Excluded = IsGiven("lora_exclude_modules") ? asked.Excluded : loaded.Excluded,
            Layers = IsGiven("lora_layers_to_transform") ? asked.Layers : loaded.Layers,
        };
        if (adapter.Adapts(meant)) return;
        var given = KeysOfPlace.First(IsGiven);
        throw new ConfigurationException($"{given} means other projections than the loaded adapter's ({string.Join(", ", adapter.Paths.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct())}); remove the key, or start a new adapter");
    }

    private static LoraTargets? Excluded(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return null;
        if (names is [var one] && KeyRules.IsPattern(one)) return Compiled("lora_exclude_modules", () => new PatternTargets(one));
        return names.FirstOrDefault(KeyRules.IsPattern) is { } stray
            ? throw new ConfigurationException($"lora_exclude_modules: {stray} must stand alone; a list holds module names")
            : new NamedTargets(names);
    }

    private static LayerSelection? Layers(TrainingRunOptions options)
    {
        if (options.LoraLayersToTransform.Count > 0)
            return Compiled("lora_layers_pattern", () => new LayerSelection(options.LoraLayersToTransform, options.LoraLayersPattern));
        return options.LoraLayersPattern.Count == 0 ? null : throw new ConfigurationException("lora_layers_pattern needs lora_layers_to_transform, the layers that it numbers; add it or remove the key");
    }

    private static LoraStart Start(TrainingRunOptions options)
    {
        var start = AdapterFields.StartOf(options.InitLoraWeights) ?? throw new ConfigurationException($"init_lora_weights: {options.InitLoraWeights} is not available; expected {AdapterFields.StartNames}");
        return start is LoftQStart ? new LoftQStart(options.LoftqIter) : start;
    }

    private static T Compiled<T>(string key, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationException($"{key}: it has a malformed regular expression: {fault.Message}", fault);
        }
    }

    private static string Bias(LoraOptions options) => options.HasBiasOfB ? "true" : AdapterFields.NameOf(options.Bias);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Values<T>(PatternTable<T> table) => FormattableString.Invariant($"{{{string.Join(", ", table.Entries.Select(entry => FormattableString.Invariant($"{entry.Key}: {entry.Value}")))}}}");
}
