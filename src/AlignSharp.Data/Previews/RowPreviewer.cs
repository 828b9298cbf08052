using AlignSharp.Data.Pairs;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Previews;

/// <summary>Makes previews of tokenised rows.</summary>
/// <param name="tokenizer">Gives tokens their text; without one they have none.</param>
public sealed class RowPreviewer(ITokenizer? tokenizer)
{
    /// <summary>A pair.</summary>
    /// <param name="whole">The pair before it is cut.</param>
    /// <param name="trained">What a run keeps of it, or null when it is dropped.</param>
    public RowPreview Of(WholePair whole, TokenizedPair? trained)
    {
        var (pair, remarks) = (whole.Pair, new List<string>());
        if (trained is null) remarks.Add("dropped: the prompt fills the window");
        if (whole.IsSplitApart) remarks.Add("a token spans the end of the prompt; the text was split there");
        var (fromEnd, kept) = PromptCut(pair.PromptIds, trained?.PromptIds);
        var prompt = Tokens([], pair.PromptIds, _ => false, i => trained is null || (fromEnd ? i < pair.PromptIds.Length - kept : i >= kept));
        var chosen = Completion(pair.PromptIds, pair.ChosenIds, trained?.ChosenIds);
        var rejected = Completion(pair.PromptIds, pair.RejectedIds, trained?.RejectedIds);
        if (trained is not null && trained.ChosenIds.AsSpan().SequenceEqual(trained.RejectedIds)) remarks.Add("both completions are equal after the cut, so that nothing is learned");
        return new RowPreview(pair.Source, [new("prompt", prompt), new("chosen", chosen), new("rejected", rejected)], remarks);
    }

    /// <summary>A sequence.</summary>
    /// <param name="sequence">The whole sequence.</param>
    /// <param name="maxLength">Most tokens, whose start stays; null for all.</param>
    public RowPreview Of(TokenizedSequence sequence, int? maxLength)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        var most = maxLength ?? int.MaxValue;
        // Nothing predicts the first token.
        var tokens = Tokens([], sequence.Ids, i => i > 0 && sequence.Scored[i], i => i >= most);
        var learned = tokens.Count(token => token is { IsLearned: true, IsCut: false });
        return new RowPreview(sequence.Source, [new("tokens", tokens)], learned == 0 ? ["dropped: no token within the window is learned"] : []);
    }

    // A prompt is cut at its start or at its end; the ids tell which.
    private static (bool FromEnd, int Kept) PromptCut(int[] whole, int[]? kept) =>
        kept is null ? (false, 0) : (kept.Length < whole.Length && whole.AsSpan().EndsWith(kept), kept.Length);

    private List<PreviewToken> Completion(int[] prompt, int[] ids, int[]? kept) => Tokens(prompt, ids, i => i > 0 || prompt.Length > 0, i => i >= (kept?.Length ?? 0));

    private List<PreviewToken> Tokens(int[] before, int[] ids, Func<int, bool> isLearned, Func<int, bool> isCut)
    {
        var decoder = tokenizer is null ? null : new StreamingDecoder(tokenizer);
        foreach (var id in before) decoder?.Push(id);
        return [.. ids.Select((id, i) => new PreviewToken(id, decoder?.Push(id) ?? "", isLearned(i), isCut(i)))];
    }
}
