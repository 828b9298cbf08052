namespace AlignSharp.Data.Tokenizers;

/// <summary>Text to token ids and back, equal to the tokenizer whose files were read. Safe for use by several threads at once.</summary>
public interface ITokenizer
{
    /// <summary>One more than the largest id that <see cref="Encode"/> can give.</summary>
    int VocabularySize { get; }

    /// <summary>Tokens with a role.</summary>
    SpecialTokens Special { get; }

    /// <summary>Encodes text. Added tokens that stand in the text (such as <c>&lt;/s&gt;</c>) become their ids.</summary>
    /// <param name="text">Any string; lone surrogates count as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether to add what the tokenizer's post-processor adds to a single text (Llama: bos in front).</param>
    int[] Encode(string text, bool addSpecialTokens = true);

    /// <summary>Decodes ids as a whole; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">Token ids; one that the vocabulary lacks is an <see cref="ArgumentOutOfRangeException"/>.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out of the text.</param>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false);
}
