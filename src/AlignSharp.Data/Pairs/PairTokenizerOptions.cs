namespace AlignSharp.Data.Pairs;

/// <summary>How preferences become token ids.</summary>
public sealed record PairTokenizerOptions
{
    private readonly int? _maxLength = 1024;
    private readonly int? _maxPromptLength;

    /// <summary>Most tokens of a sequence (prompt and completion). Null keeps all. Default: 1024, TRL 1.9's.</summary>
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

    /// <summary>Most tokens of a prompt. Null, the default and all that TRL 1.9 has, keeps all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? MaxPromptLength
    {
        get => _maxPromptLength;
        init
        {
            if (value is { } length) ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
            _maxPromptLength = value;
        }
    }

    /// <summary>What stays of a pair that is too long. Default: <see cref="PairTruncation.KeepStart"/>, TRL 1.9's.</summary>
    public PairTruncation Truncation { get; init; } = PairTruncation.KeepStart;

    /// <summary>
    /// Whether the end-of-sequence token is appended to completions of text rows that do not end in it. Default: true, as TRL 1.9
    /// does for text.
    /// </summary>
    public bool AppendEos { get; init; } = true;

    internal void RequireLengths()
    {
        if (Truncation == PairTruncation.KeepStart) return;
        if (MaxLength is null || MaxPromptLength is null) throw new ArgumentException($"{Truncation} needs {nameof(MaxLength)} and {nameof(MaxPromptLength)}.");
        if (MaxPromptLength >= MaxLength) throw new ArgumentException($"{Truncation}: {nameof(MaxPromptLength)} ({MaxPromptLength}) leaves no room for a completion within {nameof(MaxLength)} ({MaxLength}).");
    }
}
