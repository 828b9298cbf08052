using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Merging;

/// <summary>What <c>align merge</c> merges, and into what.</summary>
public sealed record MergeRunOptions
{
    /// <summary>A model folder in full precision, or an adapter folder, whose base is then resolved and which is the first adapter. Required.</summary>
    public required string Model { get; init; }

    /// <summary>Adapter folders in the order in which they are added; default none.</summary>
    public IReadOnlyList<string> Adapters { get; init; } = [];

    /// <summary>A factor for each adapter, the one that <see cref="Model"/> names included; default 1 each.</summary>
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <summary>
    /// How several adapters become one sum, by PEFT's names: <c>merge</c> (default) and <c>cat</c> are the exact sum of the weighted
    /// updates. PEFT's <c>linear</c> (A and B are summed apart, which adds cross terms) and <c>svd</c> (truncated, with the scaling applied
    /// twice) give something else, and are refused.
    /// </summary>
    public string Combination { get; init; } = "merge";

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
        if (Combination is "linear")
            throw new ConfigurationException("combination: linear is not supported: it sums A and B apart, which adds products of one adapter's A with another's B; use cat, the exact sum of the updates");
        if (Combination is "svd")
            throw new ConfigurationException("combination: svd is not supported: it truncates the sum, and PEFT's applies the scaling twice; use cat, the exact sum of the updates");
        if (Combination is not ("merge" or "cat")) throw new ConfigurationException($"combination: {Combination} is not known; expected merge or cat");
        if (SaveAdapter && Dtype is not null) throw new ConfigurationException("dtype: a summed adapter is float32, as PEFT keeps adapters; leave dtype out, or save_adapter");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxShardBytes);
    }
}
