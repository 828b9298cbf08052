namespace AlignSharp.Data.Tokenizers;

/// <summary>How a byte-level BPE tokenizer is trained.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Llama 3's splitting expression: contractions, words with one character before them, up to three digits, punctuation, newlines, spaces.</summary>
    public const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Number of tokens wanted, special tokens and the 256 bytes included; fewer come out when the text has no more pairs.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Beginning of a sequence, which encoding puts in front. Default <c>&lt;s&gt;</c>, as Llama 2.</summary>
    public string Bos { get; init; } = "<s>";

    /// <summary>End of a sequence. Default <c>&lt;/s&gt;</c>, as Llama 2.</summary>
    public string Eos { get; init; } = "</s>";

    /// <summary>Padding token, or null for none (Llama's own tokenizers have none).</summary>
    public string? Pad { get; init; }

    /// <summary>Further special tokens, such as a chat template's marks. Default none.</summary>
    public IReadOnlyList<string> AdditionalSpecialTokens { get; init; } = [];

    /// <summary>Regular expression that splits text into words, within which merges happen. Default <see cref="Llama3Pattern"/>.</summary>
    public string Pattern { get; init; } = Llama3Pattern;

    /// <summary>Least number of times that a pair must occur to be merged. Default 2.</summary>
    public int MinimumPairCount { get; init; } = 2;
}
