using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
using AlignSharp.Runtime;

namespace AlignSharp.Recipes;

/// <summary>Loss, perplexity and rewards of a model or adapter on a file of texts or of preference pairs: <c>align eval</c>.</summary>
public static class EvalRecipe
{
    private const double DefaultBeta = 0.1;

    /// <summary>Evaluates. All rows are read and checked before the model is loaded.</summary>
    /// <param name="options">What to evaluate.</param>
    /// <param name="note">Receives a line for rows that were dropped, cut or split apart.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data.</exception>
    public static EvalReport Run(EvalRunOptions options, Action<string> note, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(note);
        options.Validate();
        EvalReference.RequireFolders(options);
        var rows = ScoreFiles.Read(options.File).ToList();
        // A file has one shape: all rows are pairs, or all are sequences.
        var isPairs = rows[0] is PairToScore;
        if (!isPairs) options.RequireNothingOfPairs();
        ComputeThreads.Configure(null);
        var device = ComputePlace.Device(options.Device);
        cancellation.ThrowIfCancellationRequested();
        using var policy = PolicyLoader.Load(options.Model, options.Adapter, ComputePlace.Type(options.Dtype, device), device, fourBit: options.FourBit);
        return isPairs ? Pairs(options, policy, [.. rows.Cast<PairToScore>().Select(row => row.Pair)], note, cancellation)
            : Texts(options, policy, [.. rows.Cast<SequenceToScore>().Select(row => row.Sequence)], note, cancellation);
    }

    private static EvalReport Pairs(EvalRunOptions options, Policy policy, IReadOnlyList<PreferenceExample> rows, Action<string> note, CancellationToken cancellation)
    {
        var tokenizer = rows[0] is PreferenceIdsRow ? null : TokenizerFolder.Load(policy.TokenizerFolder);
        var tokenized = new PairTokenizer(tokenizer, new PairTokenizerOptions { MaxLength = options.MaxLength }, rows[0] is PreferenceChatRow ? ChatTemplateChoice.Load(null, policy.TokenizerFolder) : null).Tokenize(rows, cancellation);
        VocabularyCheck.Require(tokenized.Pairs, policy.Model.VocabularySize);
        PreferenceData.ReportChanges(options.File, tokenized, options.MaxLength, note);
        using var reference = EvalReference.Choose(options, policy);
        if (reference.VocabularySize is { } size) VocabularyCheck.Require(tokenized.Pairs, size);

        var objective = Objectives.Registry.Create("sigmoid", new ObjectiveParameters(options.Beta ?? DefaultBeta));
        var found = new PairMeasurement(policy.Model, reference.Source, objective).Run(tokenized.Pairs, options.BatchSize, options.MaxBatchTokens, cancellation);
        var metrics = found.Named.Select(figure => figure.Key switch
        {
            "nll/chosen" => KeyValuePair.Create("perplexity/chosen", Math.Exp(figure.Value)),
            "nll/rejected" => KeyValuePair.Create("perplexity/rejected", Math.Exp(figure.Value)),
            _ => figure,
        });
        return new EvalReport(reference.Description, tokenized.Pairs.Count, tokenized.DroppedPairs, tokenized.TruncatedPairs, found.Count("entropy"), [.. metrics]);
    }

    private static EvalReport Texts(EvalRunOptions options, Policy policy, IReadOnlyList<SftExample> rows, Action<string> note, CancellationToken cancellation)
    {
        var tokenizer = rows[0] is SftIdsRow ? null : TokenizerFolder.Load(policy.TokenizerFolder);
        var whole = new SequenceTokenizer(tokenizer, endTexts: true, rows[0] is SftMessagesRow or SftChatCompletionRow ? ChatTemplateChoice.Load(null, policy.TokenizerFolder) : null).Tokenize(rows, cancellation).ToList();
        VocabularyCheck.Require(whole, policy.Model.VocabularySize);
        var most = options.MaxLength ?? int.MaxValue;
        var kept = whole.Where(sequence => sequence.Scored.AsSpan(0, Math.Min(most, sequence.Ids.Length))[1..].Contains(true)).ToList();
        if (kept.Count == 0) throw new DatasetException($"{options.File}: no row has a token to score{(options.MaxLength is null ? "" : $" within max_length ({most})")}; the first token of a row is never predicted");
        var (dropped, cut) = (whole.Count - kept.Count, kept.Count(sequence => sequence.Ids.Length > most));
        if (dropped > 0) note($"{options.File}: {dropped} rows dropped, they have no token to score");
        if (cut > 0) note($"{options.File}: {cut} rows cut to max_length ({most})");

        SequenceGroup[] groups = [.. kept.Select(sequence => new SequenceGroup([SequenceData.Start(sequence, most)]))];
        var found = new SequenceEvaluator(policy.Model, groups, new NegativeLogLikelihood(), options.BatchSize, options.MaxBatchTokens).Evaluate(cancellation);
        return new EvalReport(null, kept.Count, dropped, cut, groups.Sum(group => (long)group.ScoredTokens), [.. found.Named(), new("perplexity", Math.Exp(found.Loss))]);
    }
}
