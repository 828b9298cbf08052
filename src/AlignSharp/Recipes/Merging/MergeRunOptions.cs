using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Quantization;
using AlignSharp.Recipes.Merging.Combinations;

namespace AlignSharp.Recipes.Merging;

/// <summary>What <c>align merge</c> merges, and into what.</summary>
public sealed record MergeRunOptions
{
    /// <summary>A model folder, in full precision or in 4 bits, or an adapter folder, whose base is then resolved and which is the first adapter. Required.</summary>
    public required string Model { get; init; }

    /// <summary>Adapter folders in the order in which they are added; default none.</summary>
    public IReadOnlyList<string> Adapters { get; init; } = [];

    /// <summary>A factor for each adapter, the one that <see cref="Model"/> names included; default 1 each.</summary>
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <summary>
    /// How several adapters become one, by PEFT's names: <c>merge</c> (default) and <c>cat</c> are the exact sum of the weighted
    /// updates. <c>linear</c>, <c>ties</c>, <c>dare_linear</c>, <c>dare_ties</c> and <c>magnitude_prune</c> sum A and B apart, which adds cross terms, and
    /// <c>svd</c> truncates the sum, with the scaling applied twice: they are what PEFT computes under these names.
    /// </summary>
    public string Combination { get; init; } = "merge";

    /// <summary>The share of elements that pruning leaves (<c>density</c>), for ties, dare_linear, dare_ties and magnitude_prune, which need it; above 0, at most 1.</summary>
    public double? Density { get; init; }

    /// <summary>How ties and dare_ties elect a sign (<c>majority_sign_method</c>): <c>total</c>, which is the default, or <c>frequency</c>.</summary>
    public string? MajoritySignMethod { get; init; }

    /// <summary>Rank of the result of svd (<c>svd_rank</c>); default null, the largest of the adapters'.</summary>
    public int? SvdRank { get; init; }

    /// <summary>Seed of dare_linear and dare_ties; default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Quantises a base in full precision, as it was when the adapters were trained; default null: as the adapters' lineage says.</summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>What adapters that were trained over 4 bits are merged into; default auto, the decoded weights, which are what was trained.</summary>
    public MergeTarget Into { get; init; } = MergeTarget.Auto;

    /// <summary>The folder to write; it must not exist, or be empty. Required.</summary>
    public required string OutputDir { get; init; }

    /// <summary>Type of the merged weights; null keeps each tensor's own. Auto is null.</summary>
    public DtypeChoice? Dtype { get; init; }

    /// <summary>Where the result is verified: auto, cpu, cuda or cuda:N; default auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Whether to write one adapter, the sum of all, instead of a merged model; default false.</summary>
    public bool SaveAdapter { get; init; }

    /// <summary>Whether a base is taken that is not the one which an adapter says it was trained on; default false.</summary>
    public bool AllowOtherBase { get; init; }

    /// <summary>Largest shard in bytes; default 5 GB, as transformers.</summary>
    public long MaxShardBytes { get; init; } = CheckpointWriter.DefaultMaxShardBytes;

    /// <summary>Checks what can be checked without a file.</summary>
    /// <exception cref="ConfigurationException">A value is not possible.</exception>
    public void Validate()
    {
        CombinationOf();
        if (SaveAdapter && Dtype is not null) throw new ConfigurationException("dtype: a summed adapter is float32, as PEFT keeps adapters; leave dtype out, or save_adapter");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxShardBytes);
    }

    /// <summary>The combination that the options mean; null for the exact sum.</summary>
    /// <exception cref="ConfigurationException">An option is missing, or belongs to another combination.</exception>
    internal AdapterCombination? CombinationOf()
    {
        var (prunes, elects) = (Combination is "ties" or "dare_linear" or "dare_ties" or "magnitude_prune", Combination is "ties" or "dare_ties");
        RequireOnly(Density is null || prunes, "density", "ties, dare_linear, dare_ties and magnitude_prune");
        RequireOnly(MajoritySignMethod is null || elects, "majority_sign_method", "ties and dare_ties");
        RequireOnly(SvdRank is null || Combination == "svd", "svd_rank", "svd");
        if (SvdRank is < 1) throw new ConfigurationException($"svd_rank: {SvdRank} is no rank; expected 1 or more");
        if (prunes && Density is not (> 0 and <= 1)) throw new ConfigurationException($"density: combination {Combination} needs the share of elements that stays, above 0 and at most 1");
        var election = elects ? Election() : (SignElection?)null;
        return Combination switch
        {
            "merge" or "cat" => null,
            "linear" => new FactorwiseCombination(Combination, new Pruning.None(), null),
            "svd" => new SvdCombination(SvdRank),
            "ties" or "magnitude_prune" => new FactorwiseCombination(Combination, new Pruning.ByMagnitude(Density!.Value), election),
            "dare_linear" or "dare_ties" => new FactorwiseCombination(Combination, new Pruning.AtRandom(Density!.Value), election),
            _ => throw new ConfigurationException($"combination: {Combination} is not known; expected merge, cat, linear, svd, ties, dare_linear, dare_ties or magnitude_prune"),
        };
    }

    private SignElection Election() => MajoritySignMethod switch
    {
        null or "total" => SignElection.Total,
        "frequency" => SignElection.Frequency,
        _ => throw new ConfigurationException($"majority_sign_method: {MajoritySignMethod} is not known; expected total or frequency"),
    };

    private void RequireOnly(bool holds, string key, string combinations)
    {
        if (!holds) throw new ConfigurationException($"{key} belongs to the combinations {combinations}, and combination is {Combination}; remove one of them");
    }
}
