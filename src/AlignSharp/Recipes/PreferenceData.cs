using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Recipes;

/// <summary>Reads preference rows and makes token pairs of them, telling what was changed on the way.</summary>
/// <param name="options">The run: its rows and limits.</param>
/// <param name="model">Model and tokenizer; a tokenizer is read only when the rows are text.</param>
/// <param name="host">Takes notes, and names the cache.</param>
internal sealed class PreferenceData(DpoRunOptions options, ModelSource model, RunHost host)
{
    /// <summary>The pairs to train on, without those that are evaluated on, and the latter; which is null without <c>test_split_size</c>.</summary>
    /// <param name="cancellation">Stops between rows.</param>
    public (IReadOnlyList<TokenizedPair> Train, IReadOnlyList<TokenizedPair>? Evaluation) LoadTraining(CancellationToken cancellation)
    {
        var dataset = RunDatasets.Training(options);
        var (whole, tokenizer) = Whole(dataset, options.Data.MaxTrainSamples, cancellation, checks: options.Data.DataCheck);
        if (options.Data.TestSplitSize is not { } size) return (Limited(dataset.Name, whole, tokenizer), null);
        var (train, test) = TrainTestSplit.Of(whole.Count, size, (ulong)options.Seed);
        return (Limited(dataset.Name, [.. train.Select(i => whole[i])], tokenizer), Limited($"{dataset.Name}, test_split_size {size}", [.. test.Select(i => whole[i])], tokenizer));
    }

    /// <summary>The pairs to evaluate on.</summary>
    /// <inheritdoc cref="LoadTraining"/>
    public IReadOnlyList<TokenizedPair> LoadEvaluation(CancellationToken cancellation)
    {
        var dataset = RunDatasets.Evaluation(options);
        var (whole, tokenizer) = Whole(dataset, options.Data.MaxEvalSamples, cancellation);
        return Limited(dataset.Name, whole, tokenizer);
    }

    private (IReadOnlyList<WholePair> Pairs, PairTokenizer Tokenizer) Whole(Dataset dataset, int? maxRows, CancellationToken cancellation, bool checks = false)
    {
        var reader = dataset.Preferences();
        var template = reader.Samples.Any(row => row is PreferenceChatRow) ? ChatTemplateChoice.Load(options.ChatTemplatePath, model.TokenizerFolder) : null;
        var tokenizer = reader.Samples.All(row => row is PreferenceIdsRow) ? null : Tokenizer();
        var pairTokenizer = new PairTokenizer(tokenizer, Lengths, template);
        if (checks) host.Note(QuickDataCheck.Run(dataset, options.Evaluates && options.Data.TestSplitSize is null ? RunDatasets.Evaluation(options) : null, pairTokenizer, tokenizer, options.MaxLength, cancellation));
        var pairs = new TokenizedRows(options, model, host).Pairs(dataset, maxRows, template?.Text, note => Make(dataset, reader, pairTokenizer, note, cancellation), cancellation);
        return (pairs, pairTokenizer);
    }

    private List<WholePair> Make(Dataset dataset, ExampleReader<PreferenceExample> reader, PairTokenizer tokenizer, Action<string> note, CancellationToken cancellation)
    {
        foreach (var shape in reader.Shapes) note(shape);
        var bad = new BadRows();
        var limit = new RowLimit(dataset.Name, options.MaxCharacters);
        var rows = limit.Apply(reader.Read(bad), RowCharacters.Of);
        var pairs = tokenizer.Whole(host.Counted($"tokenising {dataset.Name}", rows), cancellation).ToList();
        limit.Report(pairs.Count, note);
        foreach (var line in bad.Lines(dataset.Name)) note(line);
        if (dataset.CountAgainstCard(pairs.Count + limit.LeftOut + bad.Count) is { } missing) note(missing);
        return pairs;
    }

    private IReadOnlyList<TokenizedPair> Limited(string name, IReadOnlyList<WholePair> whole, PairTokenizer tokenizer)
    {
        if (options.Data.MaxRowTokens is { } most)
        {
            var short_ = whole.Where(row => row.Pair.PromptIds.Length + Math.Max(row.Pair.ChosenIds.Length, row.Pair.RejectedIds.Length) <= most).ToList();
            if (short_.Count == 0) throw new DatasetException($"{name}: every one of the {whole.Count} rows has more than max_row_tokens ({most}); raise it");
            if (short_.Count < whole.Count) host.Note($"{name}: {whole.Count - short_.Count} of {whole.Count} rows left out, they have more than max_row_tokens ({most})");
            whole = short_;
        }
        var tokenized = tokenizer.Limit(whole);
        VocabularyCheck.Require(tokenized.Pairs, model.Config.Shape.VocabularySize);
        host.Note($"{name}: {tokenized.Pairs.Count} pairs, {tokenized.Pairs.Sum(p => (long)p.SequenceTokens)} tokens");
        if (tokenized.TruncatedPrompts > 0) host.Note($"{name}: {tokenized.TruncatedPrompts} prompts cut to max_prompt_length ({options.MaxPromptLength}), their {(options.TruncationMode == PairTruncation.KeepPromptStart ? "start" : "end")} stays");
        ReportChanges(name, tokenized, options.MaxLength, host.Note);
        return tokenized.Pairs;
    }

    private ITokenizer? Tokenizer() => TokenizerFolder.Exists(model.TokenizerFolder) ? TokenizerFolder.Load(model.TokenizerFolder) : null;

    private PairTokenizerOptions Lengths => new()
    {
        MaxLength = options.MaxLength,
        MaxPromptLength = options.MaxPromptLength,
        Truncation = options.TruncationMode,
    };

    /// <summary>Tells what tokenising did to pairs.</summary>
    /// <param name="path">Their file.</param>
    /// <param name="tokenized">The pairs.</param>
    /// <param name="maxLength">Most tokens of a sequence, or null.</param>
    /// <param name="note">Receives the lines.</param>
    public static void ReportChanges(string path, TokenizedPairs tokenized, int? maxLength, Action<string> note)
    {
        if (tokenized.DroppedPairs > 0) note($"{path}: {tokenized.DroppedPairs} pairs dropped, their prompt fills max_length ({maxLength})");
        if (tokenized.TruncatedPairs > 0) note($"{path}: {tokenized.TruncatedPairs} pairs cut to max_length ({maxLength})");
        if (tokenized.EqualAfterTruncation > 0) note($"{path}: {tokenized.EqualAfterTruncation} pairs are equal after the cut and teach nothing; raise max_length");
        if (tokenized.BoundaryMismatches > 0) note($"{path}: {tokenized.BoundaryMismatches} pairs have a token across the end of the prompt; they were split at the prompt's end");
    }
}
