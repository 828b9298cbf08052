using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// Splits prompt + completion in token space. The prompt's ids are those of the prompt alone, so that both completions of a pair
/// share them. Usually they begin the ids of the whole text and the completion is the rest. Where a token spans the boundary
/// (a prompt that ends in a space) the completion is tokenised apart from the prompt, such that prompt and completion together
/// decode to the whole text.
/// </summary>
internal sealed class PromptSplit
{
    /// <summary>Text that completions are tokenised behind; a line break merges with few neighbours, and the decoded text is compared.</summary>
    private const string Anchor = "\n";

    private readonly ITokenizer _tokenizer;
    private readonly bool _addsSpecialTokens;
    private readonly int _suffixTokens;

    /// <summary>Creates a splitter.</summary>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <param name="addSpecialTokens">Whether texts get what the tokenizer puts in front of them; false for rendered conversations, which bring it.</param>
    public PromptSplit(ITokenizer tokenizer, bool addSpecialTokens = true)
    {
        _tokenizer = tokenizer;
        _addsSpecialTokens = addSpecialTokens;
        _suffixTokens = addSpecialTokens ? SuffixTokens(tokenizer) : 0;
    }

    /// <summary>Ids of the prompt alone, with what the tokenizer puts in front of a text.</summary>
    public int[] Prompt(string prompt) => Encode(prompt);

    /// <summary>Ids of the completion behind the prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="promptIds">Its ids from <see cref="Prompt"/>.</param>
    /// <param name="completion">The completion.</param>
    /// <returns>The ids, and whether the prompt's ids begin those of the whole text.</returns>
    public (int[] Ids, bool PromptIsPrefix) Completion(string prompt, int[] promptIds, string completion)
    {
        var whole = Encode(prompt + completion);
        if (whole.AsSpan().StartsWith(promptIds)) return (whole[promptIds.Length..], true);
        var text = _tokenizer.Decode(whole);
        var alone = _tokenizer.Encode(completion, addSpecialTokens: false);
        if (Rebuilds(promptIds, alone, text)) return (alone, false);
        // Tokenizers that put a space in front of a text do it before the anchor, where it is cut off with it.
        var anchor = _tokenizer.Encode(Anchor, addSpecialTokens: false);
        var anchored = _tokenizer.Encode(Anchor + completion, addSpecialTokens: false);
        if (anchored.AsSpan().StartsWith(anchor) && Rebuilds(promptIds, anchored[anchor.Length..], text)) return (anchored[anchor.Length..], false);
        // No way rebuilds the text exactly: then every character of the completion stays scored, at the price of a space in front of it.
        return (alone, false);
    }

    private bool Rebuilds(int[] promptIds, int[] completionIds, string text) => _tokenizer.Decode([.. promptIds, .. completionIds]) == text;

    private int[] Encode(string text)
    {
        var ids = _tokenizer.Encode(text, _addsSpecialTokens);
        return ids[..^_suffixTokens];
    }

    /// <summary>
    /// Tokens that the tokenizer puts behind a single text (an end of sequence, in some repositories). They would end the prompt
    /// before its completion begins, so they are cut off; completions get theirs as text.
    /// </summary>
    private static int SuffixTokens(ITokenizer tokenizer)
    {
        const string probe = "a";
        var plain = tokenizer.Encode(probe, addSpecialTokens: false);
        var whole = tokenizer.Encode(probe);
        var at = whole.AsSpan().IndexOf(plain);
        return at < 0 ? 0 : whole.Length - at - plain.Length;
    }
}
