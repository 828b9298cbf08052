using System.CommandLine;

namespace AlignSharp.Cli;

/// <summary>The options that say how texts are drawn.</summary>
internal sealed class GenerationOptions
{
    private readonly Option<string?> _maxNewTokens, _temperature, _topK, _topP, _repetitionPenalty, _seed;
    private readonly Option<string[]> _stop;

    /// <summary>Adds the options.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="text">What is drawn, for the help: a completion, an answer.</param>
    public GenerationOptions(CommandOptions options, string text)
    {
        _maxNewTokens = options.Value("max_new_tokens", "N", $"Most tokens of {text} [generation_config.json, else 256].");
        _temperature = options.Value("temperature", "T", "Divides the logits; 0 is greedy [generation_config.json, else 1].");
        _topK = options.Value("top_k", "K", "Keep the K most probable tokens; 0 keeps all [generation_config.json, else 50].");
        _topP = options.Value("top_p", "P", "Keep the smallest set of tokens whose probability reaches P [generation_config.json, else 1].");
        _repetitionPenalty = options.Value("repetition_penalty", "R", "Makes tokens that occurred less probable; 1 is off [generation_config.json, else 1].");
        _stop = options.Values("stop", "TEXT", $"Ends {text} and is not part of it; may be given several times.");
        _seed = options.Value("seed", "N", "Seed of the draws [42].");
    }

    /// <summary>Most tokens, or null when none was given; so are the others.</summary>
    public int? MaxNewTokens(ParseResult parsed) => CommandOptions.Whole(parsed, _maxNewTokens);

    /// <summary>What divides the logits.</summary>
    public double? Temperature(ParseResult parsed) => CommandOptions.Number(parsed, _temperature);

    /// <summary>How many tokens are kept.</summary>
    public int? TopK(ParseResult parsed) => CommandOptions.Whole(parsed, _topK);

    /// <summary>The probability that the kept tokens reach.</summary>
    public double? TopP(ParseResult parsed) => CommandOptions.Number(parsed, _topP);

    /// <summary>What makes tokens that occurred less probable.</summary>
    public double? RepetitionPenalty(ParseResult parsed) => CommandOptions.Number(parsed, _repetitionPenalty);

    /// <summary>The stop strings.</summary>
    public IReadOnlyList<string> Stop(ParseResult parsed) => parsed.GetValue(_stop) ?? [];

    /// <summary>The seed.</summary>
    public int Seed(ParseResult parsed) => CommandOptions.Whole(parsed, _seed) ?? 42;
}
