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
    private readonly string? _eos;

    /// <summary>Creates a tokenizer of pairs.</summary>
    /// <param name="tokenizer">Tokenizer of the model; null when all rows are pre-tokenised.</param>
    /// <param name="options">Lengths and the end of sequence.</param>
    /// <exception cref="ArgumentException">The truncation needs lengths that are missing or leave no room for completions.</exception>
    /// <exception cref="ArtifactException">An end of sequence is to be appended and the tokenizer names none.</exception>
    public PairTokenizer(ITokenizer? tokenizer, PairTokenizerOptions options)
    {
        options.RequireLengths();
        _options = options;
        _limit = new PairLimit(options);
        if (tokenizer is null) return;
        _split = new PromptSplit(tokenizer);
        if (options.AppendEos)
            _eos = tokenizer.Special.Eos?.Content ?? throw new ArtifactException("The tokenizer names no eos_token, which ends every completion; set it in tokenizer_config.json.");
    }

    /// <summary>Tokenises rows on all processors; the result does not depend on their number.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="DatasetException">No pair is left.</exception>
    /// <exception cref="ConfigurationException">A row is text and there is no tokenizer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TokenizedPairs Tokenize(IReadOnlyList<PreferenceExample> rows, CancellationToken cancellation = default)
    {
        var outcomes = ParallelRows.Map(rows, row => Limit(ToPair(row, out var mismatch), mismatch), cancellation);
        return Collect(outcomes, rows);
    }

    private TokenizedPair ToPair(PreferenceExample example, out bool mismatch)
    {
        mismatch = false;
        if (example is PreferenceIdsRow ids) return new TokenizedPair(ids.PromptIds, ids.ChosenIds, ids.RejectedIds, ids.Source);
        var row = (PreferenceRow)example;
        if (_split is null) throw new ConfigurationException($"{row.Source}: the row is text, but the model folder has no tokenizer; add its files or give token ids.");
        var prompt = _split.Prompt(row.Prompt);
        var (chosen, chosenFits) = _split.Completion(row.Prompt, prompt, WithEos(row.Chosen));
        var (rejected, rejectedFits) = _split.Completion(row.Prompt, prompt, WithEos(row.Rejected));
        mismatch = !chosenFits || !rejectedFits;
        return new TokenizedPair(prompt, chosen, rejected, row.Source);
    }

    private string WithEos(string completion) =>
        _eos is null || completion.EndsWith(_eos, StringComparison.Ordinal) ? completion : completion + _eos;

    private Outcome Limit(TokenizedPair pair, bool mismatch)
    {
        var (cut, promptCut, completionCut) = _limit.Apply(pair);
        return new Outcome(cut, promptCut, completionCut, mismatch);
    }

    private TokenizedPairs Collect(Outcome[] outcomes, IReadOnlyList<PreferenceExample> rows)
    {
        var kept = Array.FindAll(outcomes, o => o.Pair is not null);
        if (kept.Length == 0)
        {
            throw new DatasetException(outcomes.Length == 0
                ? "The data set has no rows."
                : $"{rows[0].Source.File}: none of the {outcomes.Length} pairs is left: every prompt fills max_length ({_options.MaxLength} tokens); raise max_length or shorten the prompts.");
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
