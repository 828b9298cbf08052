using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Data.Checks;

/// <summary>Runs <see cref="PreferenceCheck"/> over the rows of data sets, tokenised on all processors and read as they are needed.</summary>
/// <param name="tokenizer">Makes and cuts the pairs as the run will; null looks at texts alone.</param>
/// <param name="options">What is known of the run.</param>
public sealed class DatasetCheck(PairTokenizer? tokenizer, PreferenceCheckOptions options)
{
    private readonly List<RowPosition> _readable = [];

    /// <summary>Checks a training set. Rows that cannot be read become a finding.</summary>
    /// <param name="training">Its rows, equal and empty completions among them.</param>
    /// <param name="evaluation">The evaluation set, of which only prompts count; null for none.</param>
    /// <param name="most">Most rows of each set to look at; null for all.</param>
    /// <param name="progress">Receives the number of rows that were looked at, now and then.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="AlignSharpException">The data set as a whole cannot be read, or the tokenizer does not fit it.</exception>
    public CheckReport Run(Dataset training, Dataset? evaluation, int? most, Action<long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(progress);
        var check = new PreferenceCheck(options);
        if (evaluation is not null)
            foreach (var row in evaluation.SkippingBadRows().AnyPreferences().Read().Take(most ?? int.MaxValue))
            {
                cancellation.ThrowIfCancellationRequested();
                check.AddEvaluation(Text(row, null));
            }
        var (bad, refused) = (new BadRows(), new BadRows());
        foreach (var pair in Pairs(training.SkippingBadRows().AnyPreferences().Read(bad).Take(most ?? int.MaxValue), refused, cancellation))
        {
            _readable.Add(pair.Source);
            check.Add(pair);
            if (_readable.Count % 1000 == 0) progress(_readable.Count);
        }
        AddUnreadable(check, bad);
        AddUnreadable(check, refused);
        return check.Finish();
    }

    /// <summary>Where the training pairs of the check stand, in order.</summary>
    public IReadOnlyList<RowPosition> Readable => _readable;

    private static void AddUnreadable(PreferenceCheck check, BadRows bad)
    {
        for (var i = 0; i < bad.Count; i++) check.AddUnreadable(i < bad.First.Count ? bad.First[i] : "");
    }

    private IEnumerable<CheckedPair> Pairs(IEnumerable<PreferenceExample> rows, BadRows refused, CancellationToken cancellation)
    {
        foreach (var (pair, fault) in ParallelRows.Stream(rows, Tokenised, cancellation))
        {
            if (fault is not null) refused.Add(fault);
            if (pair is not null) yield return pair;
        }
    }

    // A conversation that the template refuses is a bad row too.
    private (CheckedPair? Pair, DatasetException? Fault) Tokenised(PreferenceExample row)
    {
        try
        {
            return (Text(row, tokenizer?.Whole(row)), null);
        }
        catch (DatasetException fault)
        {
            return (null, fault);
        }
    }

    private CheckedPair Text(PreferenceExample row, WholePair? whole)
    {
        var (prompt, chosen, rejected) = row switch
        {
            PreferenceRow text => (text.Prompt, text.Chosen, text.Rejected),
            PreferenceChatRow chat => (Joined(chat.Prompt), Joined(chat.Chosen), Joined(chat.Rejected)),
            _ => ("", "", ""),
        };
        var pair = whole?.Pair ?? (row is PreferenceIdsRow ids ? new TokenizedPair(ids.PromptIds, ids.ChosenIds, ids.RejectedIds, ids.Source) : null);
        var trained = pair is null ? null : tokenizer is null ? pair : tokenizer.Trained(pair);
        return new CheckedPair(row.Source, prompt, chosen, rejected, pair, trained, whole?.IsSplitApart ?? false, row.ChosenScore, row.RejectedScore);
    }

    private static string Joined(IEnumerable<ChatMessage> messages) => string.Join('\n', messages.Select(message => message.Content));
}
