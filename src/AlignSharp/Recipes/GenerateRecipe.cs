using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Generation;
using AlignSharp.Runtime;

namespace AlignSharp.Recipes;

/// <summary>Completions of prompts: <c>align generate</c>.</summary>
public static class GenerateRecipe
{
    private const int MaxBatchTokens = 16384;
    private const int MaxBatchRows = 32;

    /// <summary>Generates. All prompts are read and checked before the first is completed.</summary>
    /// <param name="options">What to complete, and how.</param>
    /// <param name="result">Receives the completions in the order of the prompts, each batch as soon as it is done.</param>
    /// <param name="text">Receives each completion's text as it becomes certain, with the number of the completion; or null.</param>
    /// <param name="cancellation">Checked before each token.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data.</exception>
    public static void Run(GenerateRunOptions options, Action<GeneratedCompletion> result, Action<int, string>? text = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(result);
        options.Validate();
        var rows = options.PromptsFile is { } file ? TextFiles.Prompts(file).ToList() : [new TextRow(options.Prompt!, default)];
        ComputeThreads.Configure(null);
        var device = ComputePlace.Device(options.Device);
        cancellation.ThrowIfCancellationRequested();
        using var policy = PolicyLoader.Load(options.Model, options.Adapter, ComputePlace.Type(options.Dtype, device), device, fourBit: options.FourBit);
        var sampling = Sampling(options, GenerationConfig.Read(policy.BaseFolder));
        if (sampling.Temperature == 0 && options.NumReturnSequences > 1)
            throw new ConfigurationException($"num_return_sequences: {options.NumReturnSequences} greedy completions would all be equal; give a temperature above 0");
        var tokenizer = Tokenizer(policy, options, rows[0]);
        var prompts = rows.ConvertAll(row => Encoded(row, tokenizer, policy.Config));

        var ids = prompts.SelectMany(prompt => Enumerable.Repeat(prompt.Ids, options.NumReturnSequences)).ToArray();
        var texts = tokenizer is null ? null : Array.ConvertAll(ids, prompt => new CompletionText(tokenizer, prompt, options.Stop));
        var generator = new TextGenerator(policy.Model, EndIds(policy.Config, tokenizer, options.Stop))
        {
            BatchSize = Math.Clamp(MaxBatchTokens / (ids.Max(prompt => prompt.Length) + 1), 1, MaxBatchRows),
            MaxPositions = policy.Config.Shape.MaxPositions,
        };
        var number = 0;
        foreach (var completion in generator.GenerateInTurn(ids, sampling, texts is null ? null : Stops, cancellation))
        {
            var (row, promptText) = (rows[number / options.NumReturnSequences], prompts[number / options.NumReturnSequences].Text);
            if (texts is not null && texts[number].Finish() is { Length: > 0 } rest) text?.Invoke(number, rest);
            result(new GeneratedCompletion(promptText, (row as IdsRow)?.Ids, texts?[number].Text, completion.Ids, completion.FinishReason));
            number++;
        }

        bool Stops(int index, IReadOnlyList<int> soFar)
        {
            var part = texts[index].Push(soFar[^1]);
            if (part.Length > 0) text?.Invoke(index, part);
            return texts[index].IsStopped;
        }
    }

    /// <summary>What the options say, else generation_config.json, else the defaults.</summary>
    internal static SamplingOptions Sampling(DrawingRunOptions options, GenerationConfig folder)
    {
        var asksForDrawing = options.TopK is not null || options.TopP is not null;
        var temperature = options.Temperature ?? (folder.DoSample == false && !asksForDrawing ? 0 : folder.Temperature ?? 1);
        var sampling = new SamplingOptions
        {
            MaxNewTokens = options.MaxNewTokens ?? folder.MaxNewTokens ?? 256,
            Temperature = temperature,
            TopK = options.TopK ?? folder.TopK ?? 50,
            TopP = options.TopP ?? folder.TopP ?? 1,
            RepetitionPenalty = options.RepetitionPenalty ?? folder.RepetitionPenalty ?? 1,
            Seed = options.Seed,
        };
        Require(sampling.MaxNewTokens >= 1, "max_new_tokens", sampling.MaxNewTokens, "a whole number above 0");
        Require(temperature >= 0, "temperature", temperature, "a number from 0 (greedy)");
        Require(sampling.TopK >= 0, "top_k", sampling.TopK, "a whole number from 0 (all tokens)");
        Require(sampling.TopP is > 0 and <= 1, "top_p", sampling.TopP, "a number above 0, up to 1 (all tokens)");
        Require(sampling.RepetitionPenalty > 0, "repetition_penalty", sampling.RepetitionPenalty, "a number above 0; 1 is off");
        return sampling;
    }

    private static void Require(bool holds, string key, double value, string expected)
    {
        if (!holds) throw new ConfigurationException(FormattableString.Invariant($"{key} is {value}; expected {expected}"));
    }

    private static ITokenizer? Tokenizer(Policy policy, GenerateRunOptions options, TextExample first)
    {
        // A file has one shape: its first row tells of all.
        var needed = options.RequireText || options.Stop.Count > 0 || first is TextRow;
        return needed || TokenizerFolder.Exists(policy.TokenizerFolder) ? TokenizerFolder.Load(policy.TokenizerFolder) : null;
    }

    private static (int[] Ids, string? Text) Encoded(TextExample row, ITokenizer? tokenizer, ModelConfig config)
    {
        var (ids, text) = row is IdsRow given ? (given.Ids, TextOf(given, tokenizer)) : (tokenizer!.Encode(((TextRow)row).Text), ((TextRow)row).Text);
        var (vocabulary, positions) = (config.Shape.VocabularySize, config.Shape.MaxPositions);
        if (ids.Length == 0) throw Fault(row, "the prompt has no tokens and the tokenizer puts none in front; give a text or an id");
        if (Array.FindIndex(ids, id => id >= vocabulary) is var at and >= 0)
            throw Fault(row, $"the prompt has the token id {ids[at]}, but the model's vocabulary ends at {vocabulary - 1}; use the tokenizer of this model");
        if (ids.Length >= positions) throw Fault(row, $"the prompt has {ids.Length} tokens, but the model's context of {positions} (max_position_embeddings) must hold it and its completion; shorten it");
        return (ids, text);
    }

    private static string? TextOf(IdsRow row, ITokenizer? tokenizer)
    {
        try
        {
            return tokenizer?.Decode(row.Ids, skipSpecialTokens: true);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // an id of the model that its tokenizer has no text for
        }
    }

    // A prompt that was given by option is the user's setting; one of a file is data.
    private static AlignSharpException Fault(TextExample row, string message) =>
        row.Source.File is null ? new ConfigurationException($"prompt: {message}") : new DatasetException($"{row.Source}: {message}");

    /// <summary>Ids that end a completion. A special token leaves no text in which a stop string could be found, so it ends by its id.</summary>
    internal static int[] EndIds(ModelConfig config, ITokenizer? tokenizer, IReadOnlyList<string> stops)
    {
        IEnumerable<int> ids = config.EosTokenIds;
        if (tokenizer is null) return [.. ids];
        if (tokenizer.Special.Eos is { } eos) ids = ids.Append(eos.Id);
        var special = stops.Select(stop => tokenizer.Encode(stop, addSpecialTokens: false)).Where(stop => stop.Length == 1 && tokenizer.Decode(stop, skipSpecialTokens: true).Length == 0);
        return [.. ids.Concat(special.Select(stop => stop[0])).Distinct()];
    }
}
