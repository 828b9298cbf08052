using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Splits a stretch of text, appending the non-empty parts.</summary>
internal delegate void PreTokenizer(TextPiece piece, List<TextPiece> output);

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>GPT-2's splitting expression, which ByteLevel applies when <c>use_regex</c> is true.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Builds the splitter.</summary>
    /// <exception cref="ArtifactException">A type or behaviour that is not supported.</exception>
    public static PreTokenizer Read(ArtifactJson json) => json.Required("type").Text() switch
    {
        "Sequence" => Sequence([.. json.Required("pretokenizers").Items().Select(Read)]),
        "Split" => PatternSplit.Create(TextPattern.Read(json.Required("pattern")), PatternSplit.ReadBehavior(json), json.Flag("invert", false)),
        "ByteLevel" => ByteLevel(json),
        "Metaspace" => Metaspace(json),
        "Digits" => Split(json, @"\p{N}", json.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Whitespace" => Split(json, @"\w+|[^\w\s]+", SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => Split(json, @"\s", SplitBehavior.Removed),
        "Punctuation" => Split(json, @"[\p{P}$+<=>^`|~]", json.Find("behavior") is null ? SplitBehavior.Isolated : PatternSplit.ReadBehavior(json)),
        var type => throw json.Fault($"pre-tokenizer \"{type}\" is not supported; use a tokenizer whose pre-tokenizers are Split, ByteLevel, Metaspace, Digits, Whitespace, WhitespaceSplit or Punctuation"),
    };

    private static PreTokenizer Split(ArtifactJson json, string pattern, SplitBehavior behavior, bool invert = false)
        => PatternSplit.Create(TextPattern.FromRegex(pattern, $"{json.File}: {json.Path}"), behavior, invert);

    private static PreTokenizer Sequence(PreTokenizer[] steps) => (piece, output) =>
    {
        var pieces = new List<TextPiece> { piece };
        foreach (var step in steps)
        {
            var parts = new List<TextPiece>();
            foreach (var whole in pieces) step(whole, parts);
            pieces = parts;
            TextGrowth.Check(pieces.Sum(part => (long)part.Length), piece.Length, "pre_tokenizer");
        }
        output.AddRange(pieces);
    };

    private static PreTokenizer ByteLevel(ArtifactJson json)
    {
        var addPrefixSpace = json.Flag("add_prefix_space", true);
        var split = json.Flag("use_regex", true) ? Split(json, Gpt2Pattern, SplitBehavior.Isolated) : (piece, output) => output.Add(piece);
        return (piece, output) =>
        {
            if (addPrefixSpace && !piece.Span.StartsWith(' ')) piece = Whole(string.Concat(" ", piece.Span), piece.AtOrigin);
            var words = new List<TextPiece>();
            split(piece, words);
            ToByteLevel(words, output);
        };
    }

    private static void ToByteLevel(List<TextPiece> words, List<TextPiece> output)
    {
        // One text holds the bytes of all words: a string per word would cost more than the lookup of its ids.
        var bytes = new StringBuilder();
        var ends = new int[words.Count];
        for (var i = 0; i < words.Count; i++)
        {
            ByteLevelAlphabet.Append(words[i].Span, bytes);
            ends[i] = bytes.Length;
        }
        var mapped = bytes.ToString();
        for (var i = 0; i < words.Count; i++)
        {
            var start = i == 0 ? 0 : ends[i - 1];
            output.Add(new TextPiece(mapped, start, ends[i] - start, words[i].AtOrigin));
        }
    }

    private static PreTokenizer Metaspace(ArtifactJson json)
    {
        var replacement = json.Find("replacement")?.ShortText() ?? "\u2581";
        var scheme = json.Find("prepend_scheme")?.Text() ?? (json.Flag("add_prefix_space", true) ? "always" : "never");
        if (scheme is not ("always" or "first" or "never")) throw json.Fault($"prepend_scheme \"{scheme}\" is not known; expected always, first or never");
        var split = json.Flag("split", true)
            ? PatternSplit.Create(TextPattern.FromLiteral(replacement), SplitBehavior.MergedWithNext, invert: false)
            : (piece, output) => output.Add(piece);
        return (piece, output) =>
        {
            var text = piece.Span.ToString().Replace(" ", replacement, StringComparison.Ordinal);
            var prepend = scheme == "always" || scheme == "first" && piece.AtOrigin;
            if (prepend && !text.StartsWith(replacement, StringComparison.Ordinal)) text = replacement + text;
            split(Whole(text, piece.AtOrigin), output);
        };
    }

    private static TextPiece Whole(string text, bool atOrigin) => new(text, 0, text.Length, atOrigin);
}
