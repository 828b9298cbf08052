using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Builds a tokenizer from a tokenizer.json and the small files beside it.</summary>
internal static class TokenizerJsonReader
{
    /// <summary>Largest id that is believed: beyond any published vocabulary, small enough for a table.</summary>
    private const int LargestId = 4_194_303;

    /// <summary>Builds the tokenizer.</summary>
    /// <exception cref="ArtifactException">Something is missing, contradictory or not supported.</exception>
    public static PipelineTokenizer Read(ArtifactJson json, TokenizerConfig config)
    {
        var model = json.Required("model");
        BpeReader.RequireBpe(model);
        var vocabulary = BpeReader.ReadVocabulary(model.Required("vocab"), LargestId);
        var added = AddedTokens(json, config, vocabulary);
        var special = new SpecialTokens(Role("bos_token"), Role("eos_token"), Role("unk_token"), Role("pad_token"));
        var tokens = TokensById(json, vocabulary, added);
        return new PipelineTokenizer(new PipelineParts
        {
            Tokens = tokens,
            AddedTokens = added.Values,
            Normalizer = json.Find("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null,
            PreTokenizer = json.Find("pre_tokenizer") is { } split ? PreTokenizerReader.Read(split) : null,
            Model = BpeReader.Read(model, vocabulary),
            PostProcessor = Around(json, config, special, tokens),
            Decoder = json.Find("decoder") is { } decoder ? DecoderReader.Read(decoder) : null,
            Special = special,
        });

        SpecialToken? Role(string role) => config.Role(role) is { } content ? new SpecialToken(content, added[content].Id) : null;
    }

    private static Dictionary<string, AddedToken> AddedTokens(ArtifactJson json, TokenizerConfig config, Dictionary<string, int> vocabulary)
    {
        var added = new Dictionary<string, AddedToken>();
        foreach (var item in json.Find("added_tokens")?.Items() ?? [])
        {
            var token = TokenizerConfig.ReadToken(item, item.Required("id").Integer());
            if (vocabulary.TryGetValue(token.Content, out var id) && id != token.Id)
                throw item.Fault($"\"{token.Content}\" has id {token.Id} here and {id} in the vocabulary; the file contradicts itself, download it again");
            if (!added.TryAdd(token.Content, token) && added[token.Content].Id != token.Id)
                throw item.Fault($"\"{token.Content}\" is added twice, as {added[token.Content].Id} and {token.Id}");
        }
        // As in HF the small files may add tokens and change flags, but the id of a token that is already there stands.
        foreach (var (content, token) in config.AddedTokens)
            added[content] = token with { Id = added.TryGetValue(content, out var known) ? known.Id : vocabulary.GetValueOrDefault(content, token.Id) };
        foreach (var content in config.SpecialContents)
        {
            if (added.TryGetValue(content, out var known)) added[content] = known with { Special = true };
            else if (vocabulary.TryGetValue(content, out var id)) added[content] = new AddedToken(content, id, Special: true);
            else throw json.Fault($"the special token \"{content}\" that tokenizer_config.json or special_tokens_map.json names is in no vocabulary; add it to added_tokens or name another");
        }
        return added;
    }

    private static string?[] TokensById(ArtifactJson json, Dictionary<string, int> vocabulary, Dictionary<string, AddedToken> added)
    {
        foreach (var token in added.Values)
            if (token.Id is < 0 or > LargestId) throw json.Fault($"added token \"{token.Content}\" has id {token.Id}, expected 0 to {LargestId}");
        var largest = vocabulary.Values.Concat(added.Values.Select(token => token.Id)).DefaultIfEmpty(-1).Max();
        var tokens = new string?[largest + 1];
        foreach (var (content, id) in vocabulary.Concat(added.Values.Select(token => KeyValuePair.Create(token.Content, token.Id))))
        {
            if (tokens[id] is { } other && other != content) throw json.Fault($"id {id} belongs to both \"{other}\" and \"{content}\", expected one token per id");
            tokens[id] = content;
        }
        return tokens;
    }

    /// <summary>
    /// HF's Llama and Gemma classes put bos and eos as add_bos_token and add_eos_token say, whatever the template of the file;
    /// every other class leaves it to the file. A flag that is not stated leaves its side as the file has it.
    /// </summary>
    private static PostProcessor Around(ArtifactJson json, TokenizerConfig config, SpecialTokens special, string?[] tokens)
    {
        var around = json.Find("post_processor") is { } processor ? PostProcessor.Read(processor) : PostProcessor.None;
        foreach (var id in around.Before.Concat(around.After))
            if ((uint)id >= (uint)tokens.Length || tokens[id] is null) throw json.Fault($"post_processor names id {id}, which the vocabulary lacks");
        if (config.TokenizerClass is not { } name || !(name.Contains("Llama", StringComparison.Ordinal) || name.Contains("Gemma", StringComparison.Ordinal))) return around;
        return new PostProcessor(
            Side(config.AddBos, special.Bos, "add_bos_token", around.Before),
            Side(config.AddEos, special.Eos, "add_eos_token", around.After));

        int[] Side(bool? flag, SpecialToken? token, string key, int[] asInFile) => flag switch
        {
            null => asInFile,
            false => [],
            true => [(token ?? throw json.Fault($"tokenizer_config.json sets {key} but names no such token")).Id],
        };
    }
}
