using AlignSharp.Data.Faults;
using AlignSharp.Quantization;

namespace AlignSharp.Recipes;

/// <summary>What <c>align eval</c> measures, on which rows, and against what.</summary>
public sealed record EvalRunOptions
{
    /// <summary>A model folder, or an adapter folder whose base is then resolved. Required.</summary>
    public required string Model { get; init; }

    /// <summary>An adapter folder for the model; default null.</summary>
    public string? Adapter { get; init; }

    /// <summary>A <c>.jsonl</c> or <c>.json</c> file of preference pairs, or of texts, as text or ids. Required.</summary>
    public required string File { get; init; }

    /// <summary>
    /// What pairs are compared with: <c>base</c> (the model below the adapter), <c>none</c> (zero log-probabilities), or a model or adapter
    /// folder. Null is base where there is an adapter, else none. Texts have no reference.
    /// </summary>
    public string? Reference { get; init; }

    /// <summary>An adapter folder for the reference, on the folder that <see cref="Reference"/> names, or else on the model's own base; default null.</summary>
    public string? ReferenceAdapter { get; init; }

    /// <summary>Factor of the rewards, above 0. Null is 0.1, TRL's default; texts have no rewards.</summary>
    public double? Beta { get; init; }

    /// <summary>Most tokens of a sequence, of which the start is kept, at least 2; default null: all.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Most rows of a batch; default 8. It changes rounding only.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Most tokens of a batch; a longer row is a batch of its own. Default 4096.</summary>
    public int MaxBatchTokens { get; init; } = 4096;

    /// <summary>Type to compute in. Default float32, unlike training's auto: figures are there to be compared.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Float32;

    /// <summary>Quantises a model in full precision to 4 bits as it is loaded; default null, which leaves it as it is stored.</summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N; default auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Refuses what contradicts itself.</summary>
    /// <exception cref="ConfigurationException">It does; the message names the option.</exception>
    public void Validate()
    {
        if (Beta is <= 0 or double.NaN) throw new ConfigurationException(FormattableString.Invariant($"beta is {Beta}; expected a number above 0"));
        if (MaxLength < 2) throw new ConfigurationException($"max_length is {MaxLength}; expected a whole number from 2, for a token and one that it predicts");
        if (BatchSize < 1) throw new ConfigurationException($"batch_size is {BatchSize}; expected a whole number above 0");
        if (Reference == "none" && ReferenceAdapter is not null) throw new ConfigurationException("reference is none, but a reference_adapter is given; leave one of them out");
    }

    /// <summary>Refuses what only pairs have.</summary>
    /// <exception cref="ConfigurationException">It is set; the message names the option.</exception>
    internal void RequireNothingOfPairs()
    {
        var given = Reference is not null and not "none" ? "reference" : ReferenceAdapter is not null ? "reference_adapter" : Beta is not null ? "beta" : null;
        if (given is not null) throw new ConfigurationException($"{given}: the rows of {File} are texts, which are compared with nothing; leave it out, or give preference pairs");
    }
}
