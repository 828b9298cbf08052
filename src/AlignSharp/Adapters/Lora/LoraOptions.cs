using AlignSharp.Adapters.Lora.Starts;

namespace AlignSharp.Adapters.Lora;

/// <summary>Shape and strength of a low-rank adapter (Hu et al. 2021, arXiv:2106.09685), with PEFT's names and defaults.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the update (<c>r</c>; PEFT's default 8); above 0.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Numerator of the scaling (<c>lora_alpha</c>; PEFT's default 8).</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Ranks of single modules (<c>rank_pattern</c>; default none); the first pattern that matches the end of a path counts.</summary>
    public PatternTable<int> RankPattern { get; init; } = new([], "rank_pattern");

    /// <summary>Numerators of single modules (<c>alpha_pattern</c>; default none); the first pattern that matches the end of a path counts.</summary>
    public PatternTable<double> AlphaPattern { get; init; } = new([], "alpha_pattern");

    /// <summary>Probability with which an input of A is dropped in training (<c>lora_dropout</c>; default 0).</summary>
    public double Dropout { get; init; }

    /// <summary>Which modules get an adapter (<c>target_modules</c>; default q_proj and v_proj).</summary>
    public LoraTargets Targets { get; init; } = LoraTargets.Default;

    /// <summary>Modules that get none though the targets mean them (<c>exclude_modules</c>; default null, none).</summary>
    public LoraTargets? Excluded { get; init; }

    /// <summary>The layers that get an adapter (<c>layers_to_transform</c>; default null, all); targets given as a full path get one anyway.</summary>
    public LayerSelection? Layers { get; init; }

    /// <summary>Whether the scaling is alpha/√r instead of alpha/r (<c>use_rslora</c>; Kalajdzievski 2023, arXiv:2312.03732).</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Whether the length of each row is trained apart from its direction (<c>use_dora</c>; Liu et al. 2024, arXiv:2402.09353).</summary>
    public bool Decomposed { get; init; }

    /// <summary>Whether B has a bias (<c>lora_bias</c>; default false).</summary>
    public bool HasBiasOfB { get; init; }

    /// <summary>Which biases of the base are trained (<c>bias</c>; default none).</summary>
    public LoraBias Bias { get; init; }

    /// <summary>Ends of the paths of modules that are trained in full and saved beside the adapter (<c>modules_to_save</c>; default none).</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>How A and B begin (<c>init_lora_weights</c>; default PEFT's, A random and B zero).</summary>
    public LoraStart Start { get; init; } = LoraStart.Default;

    /// <summary>Factor on the update where no pattern says otherwise.</summary>
    public double Scaling => ScalingOf(Rank, Alpha);

    /// <summary>Rank of one module.</summary>
    /// <param name="path">Its path.</param>
    public int RankOf(string path) => RankPattern.Find(path, Rank);

    /// <summary>Factor on the update of one module.</summary>
    /// <param name="path">Its path.</param>
    public double ScalingOf(string path) => ScalingOf(RankOf(path), AlphaPattern.Find(path, Alpha));

    /// <summary>Whether a module gets an adapter.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="kind">What kind of module it is.</param>
    public bool Adapts(string path, AdaptedModule kind = AdaptedModule.Projection)
    {
        if (Excluded is not null && Excluded.Matches(path, kind)) return false;
        if (ModulesToSave.Any(name => $".{path}.".Contains($".{name}.", StringComparison.Ordinal))) return false;
        if (!Targets.Matches(path, kind)) return false;
        return Layers is null || Layers.Holds(path) || (Targets is NamedTargets { Names: var names } && names.Contains(path));
    }

    /// <summary>Whether a module is trained in full: its path ends with one of <see cref="ModulesToSave"/>, dot or not, as PEFT has it.</summary>
    /// <param name="path">Its path.</param>
    public bool Saves(string path) => ModulesToSave.Any(name => path.EndsWith(name, StringComparison.Ordinal));

    /// <summary>What two options contradict each other in, as a line that begins with a field of PEFT; null when nothing does.</summary>
    public string? Contradiction => this switch
    {
        { Layers: not null, Targets: not NamedTargets } => "layers_to_transform needs target_modules as a list of names; write a regular expression that names the layers instead",
        { Decomposed: true, HasBiasOfB: true } => "lora_bias cannot stand beside use_dora (PEFT refuses it too); leave one of them out",
        { HasBiasOfB: true, Start: not (KaimingStart or UniformStart) } => "lora_bias needs init_lora_weights true or false (as PEFT has it)",
        { Start: OrthogonalStart } when Ranks.FirstOrDefault(rank => rank % 2 != 0) is var odd and not 0 => $"init_lora_weights: orthogonal needs an even rank, and r is {odd}",
        _ => null,
    };

    private IEnumerable<int> Ranks => [Rank, .. RankPattern.Values];

    private double ScalingOf(int rank, double alpha) => RankStabilized ? alpha / Math.Sqrt(rank) : alpha / rank;
}
