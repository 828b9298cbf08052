using AlignSharp.Data.Checks.WholeSet;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>
/// The data linter: looks at preferences one after the other, tokenised and as they will be trained, and says what would ruin a run. Of
/// the pairs it keeps hashes, lengths and counts, no texts: about 100 bytes a training pair, the words of at most 256 MiB of
/// them, and the evaluation prompts' hashes. Used by one thread; the result does not depend on the number of processors, nor on the
/// order of pairs except for which ones are shown as examples and which one of several copies stays.
/// </summary>
public sealed class PreferenceCheck
{
    private readonly EvaluationLeaks _leaks;
    private readonly LengthLog _lengths = new();
    private readonly LengthBiasCheck _lengthBias;
    private readonly ShortcutCheck _shortcut;
    private readonly IReadOnlyList<ICheck> _checks;
    private readonly UnreadableRows _unreadable = new();
    private readonly PairLog _log = new();
    private int _evaluationPairs;
    private bool _isFinished;

    /// <summary>Starts a check.</summary>
    /// <param name="options">What is known of the run; null for texts without a tokenizer.</param>
    public PreferenceCheck(PreferenceCheckOptions? options = null)
    {
        options ??= new PreferenceCheckOptions();
        _leaks = new EvaluationLeaks(options);
        _lengthBias = new LengthBiasCheck(_lengths);
        _shortcut = new ShortcutCheck(options.Seed);
        _checks = Registry.Create(options, _leaks, _lengthBias, _shortcut);
    }

    /// <summary>
    /// Takes a pair of the evaluation set, whose prompts must not be among the training pairs. Only that is checked of it; the rest
    /// is a matter of a check of its own.
    /// </summary>
    /// <param name="pair">The pair.</param>
    /// <exception cref="InvalidOperationException">A training pair was taken before, or the check has finished.</exception>
    public void AddEvaluation(CheckedPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        RequireOpen();
        if (_log.Count > 0) throw new InvalidOperationException("Evaluation pairs come before training pairs, of which nothing is kept to compare with.");
        _leaks.AddEvaluation(new PairView(pair, _evaluationPairs++));
    }

    /// <summary>Takes a training pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <exception cref="InvalidOperationException">The check has finished.</exception>
    public void Add(CheckedPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        RequireOpen();
        var view = new PairView(pair, _log.Count);
        _log.Add(view);
        _lengths.Add(view);
        foreach (var check in _checks) check.Add(view);
    }

    /// <summary>Takes a training row that could not be read.</summary>
    /// <param name="message">What is wrong with it.</param>
    /// <param name="source">Where it stands, if that is known apart from the message.</param>
    /// <exception cref="InvalidOperationException">The check has finished.</exception>
    public void AddUnreadable(string message, RowPosition? source = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        RequireOpen();
        _unreadable.Add(message, source);
    }

    /// <summary>Compares the pairs with one another and says what was found. The classifier's folds run on all processors.</summary>
    /// <exception cref="InvalidOperationException">The check has finished before.</exception>
    public CheckReport Finish()
    {
        RequireOpen();
        _isFinished = true;
        Tally[] tallies = [.. _checks.SelectMany(check => check.Finish(_log))];
        var findings = tallies.Select(tally => tally.ToFinding(_log.Count)).Prepend(_unreadable.Tally.ToFinding(_log.Count + _unreadable.Tally.Pairs));
        return new CheckReport
        {
            Pairs = _log.Count,
            EvaluationPairs = _evaluationPairs,
            UnreadableRows = _unreadable.Tally.Pairs,
            TruncatedPairs = _lengths.TruncatedPairs,
            LengthUnit = _lengths.Unit,
            PromptLengths = _lengths.Prompt,
            ChosenLengths = _lengths.Chosen,
            RejectedLengths = _lengths.Rejected,
            LengthBias = _lengthBias.Measure(),
            Shortcut = _shortcut.Test,
            Findings = [.. findings.OfType<Finding>()],
            LeftOut = LeftOut(tallies),
        };
    }

    private List<LeftOutRow> LeftOut(Tally[] tallies)
    {
        var codes = new SortedDictionary<int, string>();
        foreach (var tally in tallies)
            foreach (var ordinal in tally.LeftOut) codes.TryAdd(ordinal, tally.Kind.Code);
        return [.. codes.Select(row => new LeftOutRow(row.Key, _log.Sources[row.Key], row.Value))];
    }

    private void RequireOpen()
    {
        if (_isFinished) throw new InvalidOperationException("The check has finished; start another one.");
    }
}
