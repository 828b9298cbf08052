using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>The parts of a tokenizer.json, in the order in which text passes them.</summary>
internal sealed record PipelineParts
{
    /// <summary>Text of each id; null where the vocabulary has a gap.</summary>
    public required string?[] Tokens { get; init; }

    /// <summary>Tokens that are cut out of the text.</summary>
    public required IReadOnlyCollection<AddedToken> AddedTokens { get; init; }

    /// <summary>Applied to the text between added tokens.</summary>
    public Func<string, string>? Normalizer { get; init; }

    /// <summary>Splits normalised text into words; null leaves it whole.</summary>
    public PreTokenizer? PreTokenizer { get; init; }

    /// <summary>Words to ids.</summary>
    public required BpeModel Model { get; init; }

    /// <summary>What stands around the ids.</summary>
    public required PostProcessor PostProcessor { get; init; }

    /// <summary>Tokens to text; null joins them with spaces, as HF does.</summary>
    public Decoder? Decoder { get; init; }

    /// <summary>Tokens with a role.</summary>
    public required SpecialTokens Special { get; init; }
}

/// <summary>A tokenizer.json at work. Immutable but for the model's word cache, which is safe for several threads.</summary>
internal sealed class PipelineTokenizer : ITokenizer
{
    private readonly PipelineParts _parts;
    private readonly AddedTokenMatcher _rawTokens;
    private readonly AddedTokenMatcher _normalizedTokens;
    private readonly HashSet<int> _specialIds;

    /// <summary>Creates the tokenizer.</summary>
    public PipelineTokenizer(PipelineParts parts)
    {
        _parts = parts;
        _rawTokens = new AddedTokenMatcher(parts.AddedTokens.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalizedTokens = new AddedTokenMatcher(parts.AddedTokens.Where(token => token.Normalized).Select(token => (Normalize(token.Content), token)));
        _specialIds = [.. parts.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
    }

    /// <inheritdoc/>
    public int VocabularySize => _parts.Tokens.Length;

    /// <inheritdoc/>
    public SpecialTokens Special => _parts.Special;

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WellFormedText.Of(text);
        var ids = new List<int>(text.Length / 3 + 4);
        if (addSpecialTokens) ids.AddRange(_parts.PostProcessor.Before);
        foreach (var segment in _rawTokens.Split(text))
        {
            if (segment.IsToken) ids.Add(segment.TokenId);
            else EncodeBetweenTokens(text[segment.Start..segment.End], segment.Start == 0, ids);
        }
        if (addSpecialTokens) ids.AddRange(_parts.PostProcessor.After);
        return [.. ids];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)VocabularySize || _parts.Tokens[id] is not { } token)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"Token id {id} is not in the vocabulary of {VocabularySize} ids.");
            if (!(skipSpecialTokens && _specialIds.Contains(id))) tokens.Add(token);
        }
        return _parts.Decoder is { } decode ? string.Concat(decode(tokens)) : string.Join(' ', tokens);
    }

    private void EncodeBetweenTokens(string raw, bool atOrigin, List<int> ids)
    {
        var text = Normalize(raw);
        foreach (var segment in _normalizedTokens.Split(text))
        {
            if (segment.IsToken) ids.Add(segment.TokenId);
            else EncodeWords(new TextPiece(text, segment.Start, segment.End - segment.Start, atOrigin && segment.Start == 0), ids);
        }
    }

    private void EncodeWords(TextPiece piece, List<int> ids)
    {
        if (_parts.PreTokenizer is not { } split)
        {
            _parts.Model.Encode(piece.Span, ids);
            return;
        }
        var words = new List<TextPiece>();
        split(piece, words);
        foreach (var word in words) _parts.Model.Encode(word.Span, ids);
    }

    private string Normalize(string text) => _parts.Normalizer is { } normalize ? normalize(text) : text;
}
