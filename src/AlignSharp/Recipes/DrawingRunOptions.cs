using AlignSharp.Data.Faults;
using AlignSharp.Quantization;

namespace AlignSharp.Recipes;

/// <summary>
/// Which model draws texts, and how. What is null is taken from the model's generation_config.json, and without it from the default that is
/// named.
/// </summary>
public abstract record DrawingRunOptions
{
    private protected DrawingRunOptions() { }

    /// <summary>A model folder, or an adapter folder whose base is then resolved. Required.</summary>
    public required string Model { get; init; }

    /// <summary>An adapter folder for the model; default null.</summary>
    public string? Adapter { get; init; }

    /// <summary>Most tokens of a completion. Without either: 256 (transformers' 20 tokens end in the middle of an answer).</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>
    /// Divides the logits; 0 is greedy. Without either: 1 (transformers), with drawing, unless <c>do_sample: false</c> stands in
    /// generation_config.json and no option asks for drawing.
    /// </summary>
    public double? Temperature { get; init; }

    /// <summary>Keeps the k most probable tokens; 0 keeps all. Without either: 50 (transformers).</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the smallest set of tokens whose probability reaches this. Without either: 1, all (transformers).</summary>
    public double? TopP { get; init; }

    /// <summary>Makes tokens that occurred less probable. Without either: 1, off (transformers).</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Strings that end a completion and are not part of it; default none.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Seed of the draws; default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Type to compute in; default auto.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Auto;

    /// <summary>Quantises a model in full precision to 4 bits as it is loaded; default null, which leaves it as it is stored.</summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N; default auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Refuses what cannot be drawn by.</summary>
    /// <exception cref="ConfigurationException">A stop string is empty.</exception>
    private protected void ValidateDrawing()
    {
        if (Stop.Any(string.IsNullOrEmpty)) throw new ConfigurationException("stop is an empty text, which would end every completion before it begins");
    }
}
