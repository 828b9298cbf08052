using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers.Pipeline;

namespace AlignSharp.Data.Tokenizers;

/// <summary>Trains byte-level BPE tokenizers. The same text and options always give the same files.</summary>
public static class BpeTrainer
{
    private const int Bytes = 256;

    /// <summary>Trains a tokenizer: special tokens first (bos, eos, pad, the further ones), then the 256 bytes, then merges by how often their pair occurs.</summary>
    /// <param name="texts">Texts; merges never reach over the end of one.</param>
    /// <param name="options">Size, special tokens, splitting.</param>
    /// <returns>Files whose tokenizer puts bos in front of an encoded text.</returns>
    /// <exception cref="ConfigurationException">The vocabulary is too small for bytes and special tokens, or a special token is empty or named twice.</exception>
    public static TokenizerBundle Train(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        var special = SpecialTokens(options);
        var vocabulary = special.Select(token => token.Content).Concat(Enumerable.Range(0, Bytes).Select(value => ByteLevelAlphabet.ToCharacter((byte)value).ToString())).ToList();
        if (options.VocabularySize < vocabulary.Count)
            throw new ConfigurationException($"VocabularySize is {options.VocabularySize}, expected at least {vocabulary.Count}: 256 bytes and {special.Count} special tokens");

        var words = CountWords(texts, options.Pattern);
        var merges = new PairMerging(words, special.Count, options.MinimumPairCount).Run(vocabulary, options.VocabularySize);
        return Bundle(vocabulary, merges, special, options);
    }

    private static List<AddedToken> SpecialTokens(BpeTrainerOptions options)
    {
        var contents = new List<string> { options.Bos, options.Eos };
        if (options.Pad is not null && !contents.Contains(options.Pad)) contents.Add(options.Pad);
        contents.AddRange(options.AdditionalSpecialTokens);
        if (contents.Any(string.IsNullOrEmpty)) throw new ConfigurationException("A special token is empty; give every special token a text");
        if (contents.GroupBy(content => content).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigurationException($"The special token \"{twice.Key}\" is named twice; name it once");
        return [.. contents.Select((content, id) => new AddedToken(content, id, Special: true))];
    }

    private static Dictionary<string, long> CountWords(IEnumerable<string> texts, string pattern)
    {
        var split = PatternSplit.Create(TextPattern.FromRegex(pattern, "Pattern"), SplitBehavior.Isolated, invert: false);
        var counts = new Dictionary<string, long>();
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var pieces = new List<TextPiece>();
        foreach (var text in texts)
        {
            pieces.Clear();
            var whole = WellFormedText.Of(text);
            split(new TextPiece(whole, 0, whole.Length, AtOrigin: true), pieces);
            foreach (var piece in pieces) bySpan[piece.Span] = bySpan.TryGetValue(piece.Span, out var count) ? count + 1 : 1;
        }
        return counts;
    }

    private static TokenizerBundle Bundle(List<string> vocabulary, List<(string, string)> merges, List<AddedToken> special, BpeTrainerOptions options)
    {
        var content = new TokenizerJsonContent
        {
            Vocabulary = vocabulary,
            Merges = merges,
            AddedTokens = special,
            PreTokenizer = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = options.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    ByteLevel()),
            },
            PostProcessor = TokenizerJsonWriter.Template(special[0], after: null),
            Decoder = ByteLevel(),
        };
        var roles = new JsonObject { ["bos_token"] = options.Bos, ["eos_token"] = options.Eos };
        if (options.Pad is not null) roles["pad_token"] = options.Pad;
        if (options.AdditionalSpecialTokens.Count > 0) roles["additional_special_tokens"] = new JsonArray([.. options.AdditionalSpecialTokens.Select(token => JsonValue.Create(token))]);
        var config = (JsonObject)roles.DeepClone();
        config["tokenizer_class"] = "PreTrainedTokenizerFast";
        config["clean_up_tokenization_spaces"] = false;
        return new TokenizerBundle("trained tokenizer", TokenizerJsonWriter.Write(content), TokenizerJsonWriter.Write(config), TokenizerJsonWriter.Write(roles));
    }

    private static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false };
}
