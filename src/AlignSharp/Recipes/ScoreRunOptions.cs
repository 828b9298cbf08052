using AlignSharp.Quantization;

namespace AlignSharp.Recipes;

/// <summary>What <c>align score</c> scores, and with which model.</summary>
public sealed record ScoreRunOptions
{
    /// <summary>A model folder, or an adapter folder whose base is then resolved. Required.</summary>
    public required string Model { get; init; }

    /// <summary>An adapter folder for the model; default null.</summary>
    public string? Adapter { get; init; }

    /// <summary>A <c>.jsonl</c> or <c>.json</c> file. Required.</summary>
    public required string File { get; init; }

    /// <summary>Type to compute in. Default float32, unlike training's auto: scores are there to be compared.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Float32;

    /// <summary>Quantises a model in full precision to 4 bits as it is loaded; default null, which leaves it as it is stored.</summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N; default auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Most tokens of a batch; a longer row is a batch of its own. Default 4096.</summary>
    public int MaxBatchTokens { get; init; } = 4096;
}
