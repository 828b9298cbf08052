namespace AlignSharp.Data.Pairs;

/// <summary>How preferences become token ids.</summary>
public sealed record PairTokenizerOptions
{
    private readonly int? _maxLength = 1024;

    /// <summary>Most tokens of a sequence (prompt and completion); its start is kept. Null keeps all. Default: 1024, TRL 1.9's.</summary>
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

    /// <summary>
    /// Whether the end-of-sequence token is appended to completions of text rows that do not end in it. Default: true, as TRL 1.9
    /// does for text.
    /// </summary>
    public bool AppendEos { get; init; } = true;
}
