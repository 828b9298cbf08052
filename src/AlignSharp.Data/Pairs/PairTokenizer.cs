using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// Turns preferences into token ids with the rules of TRL 1.9, except where a token spans the end of the prompt: TRL cuts the
/// whole by the prompt's length there, this splits the text where the prompt ends and counts it.
/// </summary>
public sealed class PairTokenizer
{
    private readonly PairTokenizerOptions _options;
    private readonly PairLimit _limit;
    private readonly PromptSplit? _split;
    private readonly ChatTokenizer? _chat;
    private readonly string? _eos;

    /// <summary>Creates a tokenizer of pairs.</summary>
    /// <param name="tokenizer">Tokenizer of the model; null when all rows are pre-tokenised.</param>
    /// <param name="options">Lengths and the end of sequence.</param>
    /// <param name="template">Chat template of the model, or null where there is none.</param>
    /// <exception cref="ArgumentException">The truncation needs lengths that are missing or leave no room for completions.</exception>
    /// <exception cref="ArtifactException">An end of sequence is to be appended and the tokenizer names none.</exception>
    public PairTokenizer(ITokenizer? tokenizer, PairTokenizerOptions options, ChatTemplate? template = null)
    {
        options.RequireLengths();
        _options = options;
        _limit = new PairLimit(options);
        if (tokenizer is null) return;
        _split = new PromptSplit(tokenizer);
        _chat = template is null ? null : new ChatTokenizer(tokenizer, template, assistantOnly: false);
        if (options.AppendEos)
            _eos = tokenizer.Special.Eos?.Content ?? throw new ArtifactException("The tokenizer names no eos_token, which ends every completion; set it in tokenizer_config.json.");
    }

    /// <summary>Tokenises rows on all processors and cuts them to length; the result does not depend on the number of processors.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="DatasetException">No pair is left.</exception>
    /// <exception cref="ConfigurationException">A row is text and there is no tokenizer, or a conversation and there is no template.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TokenizedPairs Tokenize(IEnumerable<PreferenceExample> rows, CancellationToken cancellation = default) => Limit([.. Whole(rows, cancellation)]);

    /// <summary>Tokenises rows on all processors as they are asked for, without cutting them.</summary>
    /// <inheritdoc cref="Tokenize"/>
    public IEnumerable<WholePair> Whole(IEnumerable<PreferenceExample> rows, CancellationToken cancellation = default) => ParallelRows.Stream(rows, Whole, cancellation);

    /// <summary>Cuts pairs to length.</summary>
    /// <param name="pairs">The whole pairs, in order.</param>
    /// <exception cref="DatasetException">No pair is left.</exception>
    public TokenizedPairs Limit(IReadOnlyList<WholePair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Collect([.. pairs.Select(Limit)], pairs);
    }

    /// <summary>What a run trains of a pair; null when its prompt fills the window, so that it is dropped.</summary>
    /// <param name="pair">The whole pair.</param>
    public TokenizedPair? Trained(TokenizedPair pair) => _limit.Apply(pair).Pair;

    /// <summary>Tokenises one row without cutting it.</summary>
    /// <param name="example">The row.</param>
    /// <exception cref="DatasetException">The template refuses the conversation.</exception>
    /// <exception cref="ConfigurationException">The row is text and there is no tokenizer, or a conversation and there is no template.</exception>
    public WholePair Whole(PreferenceExample example)
    {
        if (example is PreferenceIdsRow ids) return new WholePair(new TokenizedPair(ids.PromptIds, ids.ChosenIds, ids.RejectedIds, ids.Source), IsSplitApart: false);
        if (_split is null) throw new ConfigurationException($"{example.Source}: the row is text, but the model folder has no tokenizer; add its files or give token ids.");
        if (example is PreferenceChatRow chat)
        {
            var (pair, isSplitApart) = (_chat ?? throw ChatTokenizer.NoTemplate(example.Source)).Tokenize(chat);
            return new WholePair(pair, isSplitApart);
        }
        var row = (PreferenceRow)example;
        var prompt = _split.Prompt(row.Prompt);
        var (chosen, chosenFits) = _split.Completion(row.Prompt, prompt, WithEos(row.Chosen));
        var (rejected, rejectedFits) = _split.Completion(row.Prompt, prompt, WithEos(row.Rejected));
        return new WholePair(new TokenizedPair(prompt, chosen, rejected, row.Source), !chosenFits || !rejectedFits);
    }

    private string WithEos(string completion) =>
        _eos is null || completion.EndsWith(_eos, StringComparison.Ordinal) ? completion : completion + _eos;

    private Outcome Limit(WholePair whole)
    {
        var (cut, promptCut, completionCut) = _limit.Apply(whole.Pair);
        return new Outcome(cut, promptCut, completionCut, whole.IsSplitApart);
    }

    private TokenizedPairs Collect(Outcome[] outcomes, IReadOnlyList<WholePair> rows)
    {
        var kept = Array.FindAll(outcomes, o => o.Pair is not null);
        if (kept.Length == 0)
        {
            throw new DatasetException(outcomes.Length == 0
                ? "The data set has no rows."
                : $"{rows[0].Pair.Source.File}: none of the {outcomes.Length} pairs is left: every prompt fills max_length ({_options.MaxLength} tokens); raise max_length or shorten the prompts.");
        }
        return new TokenizedPairs(
            Array.ConvertAll(kept, o => o.Pair!),
            DroppedPairs: outcomes.Length - kept.Length,
            TruncatedPrompts: kept.Count(o => o.PromptCut),
            TruncatedPairs: kept.Count(o => o.CompletionCut),
            EqualAfterTruncation: kept.Count(o => o.CompletionCut && o.Pair!.ChosenIds.AsSpan().SequenceEqual(o.Pair.RejectedIds)),
            BoundaryMismatches: kept.Count(o => o.Mismatch));
    }

    private readonly record struct Outcome(TokenizedPair? Pair, bool PromptCut, bool CompletionCut, bool Mismatch);
}
