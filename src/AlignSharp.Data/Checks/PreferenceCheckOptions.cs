namespace AlignSharp.Data.Checks;

/// <summary>What the linter knows of the run that the pairs are for. The defaults check texts without a tokenizer.</summary>
public sealed record PreferenceCheckOptions
{
    private readonly IReadOnlyList<int> _eosIds = [];
    private readonly IReadOnlyList<string> _specialTokens = [];
    private readonly int? _maxLength;
    private readonly double _nearDuplicateSimilarity = 0.8;

    /// <summary>Ids that end a sequence. Without any nothing is said about the end of completions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public IReadOnlyList<int> EosIds
    {
        get => _eosIds;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var id in value) ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(EosIds));
            _eosIds = value;
        }
    }

    /// <summary>Whether completions are to end in one of <see cref="EosIds"/>. Default: true.</summary>
    public bool RequiresEos { get; init; } = true;

    /// <summary>Text of the end of sequence, which may stand at the end of completions; null where there is none.</summary>
    public string? EosText { get; init; }

    /// <summary>Text of the beginning of sequence that the tokenizer puts in front; null where it adds none.</summary>
    public string? BosText { get; init; }

    /// <summary>Id of the beginning of sequence; null where there is none.</summary>
    public int? BosId { get; init; }

    /// <summary>Texts of the tokenizer's special tokens; they are looked for in the rows beside those that are widely known.</summary>
    /// <exception cref="ArgumentException">A text is empty.</exception>
    public IReadOnlyList<string> SpecialTokens
    {
        get => _specialTokens;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var text in value) ArgumentException.ThrowIfNullOrEmpty(text, nameof(SpecialTokens));
            _specialTokens = value;
        }
    }

    /// <summary>Most tokens of a sequence, for messages; the pairs come as they are cut. Null where nothing is cut.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 2: no completion token could follow a prompt.</exception>
    public int? MaxLength
    {
        get => _maxLength;
        init
        {
            if (value is { } length) ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
            _maxLength = value;
        }
    }

    /// <summary>Similarity (Jaccard, of word triples) from which a training prompt counts as a near-duplicate of one for evaluation. Default: 0.8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0.7, where too few of them would be found, or above 1.</exception>
    public double NearDuplicateSimilarity
    {
        get => _nearDuplicateSimilarity;
        init
        {
            if (!(value is >= 0.7 and <= 1)) throw new ArgumentOutOfRangeException(nameof(value), value, "expected 0.7 to 1");
            _nearDuplicateSimilarity = value;
        }
    }

    /// <summary>Seed of hashes, folds and the order in which the classifier learns. Default: 42.</summary>
    public ulong Seed { get; init; } = 42;
}
