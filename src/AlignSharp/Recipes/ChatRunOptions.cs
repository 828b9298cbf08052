using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes;

/// <summary>
/// Whom <c>align chat</c> lets one talk to, and how answers are drawn. What is null of the latter is taken from the model's
/// generation_config.json, and without it from the default that <see cref="GenerateRunOptions"/> names.
/// </summary>
public sealed record ChatRunOptions
{
    /// <summary>A model folder, or an adapter folder whose base is then resolved. Required.</summary>
    public required string Model { get; init; }

    /// <summary>An adapter folder for the model; default null.</summary>
    public string? Adapter { get; init; }

    /// <summary>The system message that conversations begin with; null or empty for none.</summary>
    public string? System { get; init; }

    /// <summary>A file with a chat template instead of the tokenizer folder's; default null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Divides the logits; 0 is greedy.</summary>
    public double? Temperature { get; init; }

    /// <summary>Keeps the k most probable tokens; 0 keeps all.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the smallest set of tokens whose probability reaches this.</summary>
    public double? TopP { get; init; }

    /// <summary>Makes tokens that occurred less probable.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Strings that end an answer and are not part of it; default none.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Seed of the draws; each turn adds 1 to it. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Type to compute in; default auto.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Auto;

    /// <summary>auto, cpu, cuda or cuda:N; default auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The same as options of completions, checked.</summary>
    /// <exception cref="ConfigurationException">An option cannot be used; the message names it.</exception>
    internal GenerateRunOptions ForGeneration()
    {
        var options = new GenerateRunOptions
        {
            Model = Model,
            Adapter = Adapter,
            Prompt = "",
            MaxNewTokens = MaxNewTokens,
            Temperature = Temperature,
            TopK = TopK,
            TopP = TopP,
            RepetitionPenalty = RepetitionPenalty,
            Stop = Stop,
            Seed = Seed,
        };
        options.Validate();
        return options;
    }
}
