using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Reads rows for supervised fine-tuning and makes token sequences and packed rows of them, telling what was changed on the way.</summary>
/// <param name="options">The run: shapes, limits and packing.</param>
/// <param name="model">Model and tokenizer; a tokenizer is read only when the rows are text.</param>
/// <param name="host">Takes notes, and names the cache.</param>
internal sealed class SequenceData(SftRunOptions options, ModelSource model, RunHost host)
{
    /// <summary>Rows of a stream that are tokenised at once.</summary>
    private const int RowsAtOnce = 64;

    private ITokenizer? _tokenizer;

    /// <summary>Rows to train on, without those that are evaluated on, and the latter; which is null without <c>size_valid_set</c> and <c>test_split_size</c>.</summary>
    /// <param name="cancellation">Stops between rows.</param>
    public (IReadOnlyList<SequenceGroup> Train, IReadOnlyList<SequenceGroup>? Evaluation) LoadTraining(CancellationToken cancellation)
    {
        var dataset = RunDatasets.Training(options);
        if (options.DatasetStreaming) return LoadStream(dataset, cancellation);
        var whole = Whole(dataset, options.Data.MaxTrainSamples, cancellation);
        var (train, test) = Parts(dataset.Name, whole.Count);
        var name = options.SizeValidSet > 0 ? $"first {options.SizeValidSet} rows" : $"test_split_size {options.Data.TestSplitSize}";
        var evaluation = test.Length == 0 ? null : Make($"{dataset.Name}, {name}", [.. test.Select(i => whole[i])], options.EvalPacking ?? options.Packing, isTraining: false);
        return (Make(dataset.Name, [.. train.Select(i => whole[i])], options.Packing, isTraining: true), evaluation);
    }

    /// <summary>Rows to evaluate on.</summary>
    /// <inheritdoc cref="LoadTraining"/>
    public IReadOnlyList<SequenceGroup> LoadEvaluation(CancellationToken cancellation)
    {
        var dataset = RunDatasets.Evaluation(options);
        return Make(dataset.Name, Whole(dataset, options.Data.MaxEvalSamples, cancellation), options.EvalPacking ?? options.Packing, isTraining: false);
    }

    private (int[] Train, int[] Test) Parts(string name, int count)
    {
        if (options.Data.TestSplitSize is { } part) return TrainTestSplit.Of(count, part, (ulong)options.Seed);
        var size = options.SizeValidSet;
        if (size >= count) throw new ConfigurationException($"size_valid_set is {size}, but {name} has {count} rows; leave some to train on");
        return ([.. Enumerable.Range(size, count - size)], [.. Enumerable.Range(0, size)]);
    }

    private IReadOnlyList<TokenizedSequence> Whole(Dataset dataset, int? maxRows, CancellationToken cancellation)
    {
        var reader = dataset.FineTuning();
        RequireFitting(dataset.Name, reader);
        var tokenizer = Sequencer(reader, out var template);
        string[] reading = [$"text {options.DatasetTextField}, assistant {options.AssistantOnlyLoss}"];
        var whole = new TokenizedRows(options, model, host).Sequences(dataset, maxRows, template?.Text, reading, note => MakeWhole(dataset, reader, tokenizer, note, cancellation), cancellation);
        return Fitting(dataset.Name, whole);
    }

    private List<TokenizedSequence> MakeWhole(Dataset dataset, ExampleReader<SftExample> reader, SequenceTokenizer tokenizer, Action<string> note, CancellationToken cancellation)
    {
        foreach (var shape in reader.Shapes) note(shape);
        var bad = new BadRows();
        var limit = new RowLimit(dataset.Name, options.MaxCharacters);
        var sequences = tokenizer.Tokenize(limit.Apply(host.Counted($"tokenising {dataset.Name}", reader.Read(bad)), RowCharacters.Of), cancellation).ToList();
        limit.Report(sequences.Count, note);
        foreach (var line in bad.Lines(dataset.Name)) note(line);
        if (dataset.CountAgainstCard(sequences.Count + limit.LeftOut + bad.Count) is { } missing) note(missing);
        return sequences;
    }

    // What depends on more than the row itself: the model's vocabulary, and what is scored and kept in this run.
    private IReadOnlyList<TokenizedSequence> Fitting(string name, IReadOnlyList<TokenizedSequence> whole)
    {
        VocabularyCheck.Require(whole, model.Config.Shape.VocabularySize);
        if (options.Data.MaxRowTokens is { } most)
        {
            var kept = whole.Where(sequence => sequence.Ids.Length <= most).ToList();
            if (kept.Count == 0) throw new DatasetException($"{name}: every one of the {whole.Count} rows has more than max_row_tokens ({most}); raise it");
            if (kept.Count < whole.Count) host.Note($"{name}: {whole.Count - kept.Count} of {whole.Count} rows left out, they have more than max_row_tokens ({most})");
            whole = kept;
        }
        return options.CompletionOnlyLoss == false ? [.. whole.Select(ScoredWhole)] : whole;
    }

    private (IReadOnlyList<SequenceGroup> Train, IReadOnlyList<SequenceGroup>? Evaluation) LoadStream(Dataset dataset, CancellationToken cancellation)
    {
        var name = dataset.Name;
        var reader = dataset.FineTuning();
        RequireFitting(name, reader);
        var tokenizer = Sequencer(reader, out _);
        foreach (var shape in reader.Shapes) host.Note(shape);
        var bad = new BadRows();
        var stream = new RowStream(name, () => reader.Read(bad), options);
        var train = MakeStream(name, stream, rows => Fitting(name, [.. tokenizer.Tokenize(rows, cancellation)]));
        if (stream.LeftOut > 0) host.Note($"{name}: {stream.LeftOut} rows left out in the stream's first pass, they have more than max_characters ({options.MaxCharacters})");
        foreach (var line in bad.Lines(name)) host.Note(line);
        var size = options.SizeValidSet;
        return (train, size == 0 ? null : Make($"{name}, first {size} rows", Fitting(name, [.. tokenizer.Tokenize(stream.First(), cancellation)]), options.EvalPacking ?? options.Packing, isTraining: false));
    }

    private List<SequenceGroup> MakeStream(string path, RowStream stream, Func<IReadOnlyList<SftExample>, IReadOnlyList<TokenizedSequence>> tokenize)
    {
        var (needed, whole, kept, dropped, wholeThen) = ((int)options.StreamedRows, new List<TokenizedSequence>(), new List<SequenceGroup>(), 0, 0);
        var sequences = stream.Rest().Chunk(RowsAtOnce).SelectMany(tokenize).Select(sequence =>
        {
            whole.Add(sequence);
            return sequence;
        });
        foreach (var row in options.Packing == PackingStrategy.Wrapped ? SequencePacking.Wrap(sequences, options.MaxLength!.Value) : sequences.Select(Alone))
        {
            if (row.ScoredTokens > 0)
            {
                kept.Add(row);
                wholeThen = whole.Count;
                if (kept.Count == needed) break;
                continue;
            }
            dropped++;
            if (whole.Count - wholeThen > 2L * stream.Length) throw NothingToLearn(path);
        }
        Report(path, whole, kept, dropped, options.Packing);
        var different = whole.Select(sequence => sequence.Source).Distinct().Count();
        host.Note($"{path}: read as a stream through a buffer of {options.ShuffleBuffer} rows{(different < whole.Count ? $"; {different} different sequences, repeated up to {whole.Count}" : "")}");
        ReportEnds(kept, _tokenizer);
        return kept;
    }

    private void RequireFitting(string name, ExampleReader<SftExample> reader)
    {
        if (options.AssistantOnlyLoss && !reader.Samples.Any(IsChat)) throw new ConfigurationException($"assistant_only_loss: the rows of {name} are no conversations; remove the key");
        if (options.CompletionOnlyLoss == true && reader.Samples.Any(row => row is SftTextRow or SftMessagesRow))
            throw new ConfigurationException($"completion_only_loss: the rows of {name} have no prompt; give prompt and completion, or remove the key");
    }

    private static bool IsChat(SftExample row) => row is SftMessagesRow or SftChatCompletionRow;

    private SequenceTokenizer Sequencer(ExampleReader<SftExample> reader, out ChatTemplate? template)
    {
        _tokenizer = reader.Samples.All(row => row is SftIdsRow) || !TokenizerFolder.Exists(model.TokenizerFolder) ? null : TokenizerFolder.Load(model.TokenizerFolder);
        template = _tokenizer is not null && reader.Samples.Any(IsChat) ? ChatTemplateChoice.Load(options.ChatTemplatePath, model.TokenizerFolder) : null;
        if (options.AssistantOnlyLoss && template is { MarksAssistant: false })
            throw new ConfigurationException($"assistant_only_loss: {template.Name} does not mark the assistant's turns; put {{% generation %}} around them, or give another chat_template_path");
        return new SequenceTokenizer(_tokenizer, endTexts: true, template, options.AssistantOnlyLoss);
    }

    private SequenceGroup Alone(TokenizedSequence sequence) => new([options.MaxLength is { } length ? Start(sequence, length) : sequence]);

    private DatasetException NothingToLearn(string name) =>
        new($"{name}: no row has a token to learn{(options.MaxLength is { } most ? $" within max_length ({most})" : "")}; the completions may begin behind it");

    private List<SequenceGroup> Make(string name, IReadOnlyList<TokenizedSequence> sequences, PackingStrategy packing, bool isTraining)
    {
        if (isTraining && options.ShuffleDataset) sequences = [.. new NumpyGenerator((ulong)options.Seed).Permutation(sequences.Count).Select(row => sequences[row])];

        var whole = sequences;
        if (packing == PackingStrategy.None && options.MaxLength is { } length) sequences = [.. sequences.Select(sequence => Start(sequence, length))];
        var made = SequencePacking.Pack(sequences, packing, options.MaxLength ?? int.MaxValue);
        var kept = made.Where(row => row.ScoredTokens > 0).ToList();
        if (kept.Count == 0) throw NothingToLearn(name);
        Report(name, whole, kept, made.Count - kept.Count, packing);
        if (isTraining) ReportEnds(kept, _tokenizer);
        return kept;
    }

    private void Report(string name, IReadOnlyList<TokenizedSequence> whole, List<SequenceGroup> kept, int dropped, PackingStrategy packing)
    {
        host.Note(FormattableString.Invariant($"{name}: {whole.Count} sequences, {whole.Sum(sequence => (long)sequence.Ids.Length)} tokens, {kept.Sum(row => (long)row.ScoredTokens)} of them learned"));
        var cut = options.MaxLength is { } length && packing is PackingStrategy.None or PackingStrategy.BestFit ? whole.Count(sequence => sequence.Ids.Length > length) : 0;
        if (cut > 0) host.Note($"{name}: {cut} sequences cut to max_length ({options.MaxLength})");
        if (dropped > 0) host.Note($"{name}: {dropped} rows dropped, they have no token to learn");
        if (packing != PackingStrategy.None)
            host.Note(FormattableString.Invariant($"{name}: packed into {kept.Count} rows of {options.MaxLength} tokens, {100.0 * kept.Sum(row => (long)row.Tokens) / ((long)kept.Count * options.MaxLength!.Value):0.0} % filled"));
    }

    // A model that never learns the end of a sequence never stops, and shows it only when it is used.
    private void ReportEnds(List<SequenceGroup> rows, ITokenizer? tokenizer)
    {
        HashSet<int> ends = [.. model.Config.EosTokenIds];
        if (tokenizer?.Special.Eos is { } eos) ends.Add(eos.Id);
        if (ends.Count == 0)
        {
            host.Note("end of sequence: neither config.json nor the tokenizer names one, so the model cannot learn to stop");
            return;
        }
        var (sequences, learned) = (0, 0);
        foreach (var sequence in rows.SelectMany(row => row.Sequences))
        {
            sequences++;
            for (var i = 1; i < sequence.Ids.Length; i++)
                if (sequence.Scored[i] && ends.Contains(sequence.Ids[i])) learned++;
        }
        host.Note(learned == 0
            ? $"end of sequence: no row ends in {string.Join(" or ", ends)} with loss on it, so the model will not learn to stop; end the completions, or raise max_length"
            : $"end of sequence: learned {learned} times in {sequences} sequences");
    }

    private static TokenizedSequence ScoredWhole(TokenizedSequence sequence)
    {
        var scored = new bool[sequence.Ids.Length];
        Array.Fill(scored, true);
        return sequence with { Scored = scored };
    }

    /// <summary>The start of a sequence, which stays as it is where it is not longer.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="length">Most tokens.</param>
    public static TokenizedSequence Start(TokenizedSequence sequence, int length) =>
        sequence.Ids.Length <= length ? sequence : sequence with { Ids = sequence.Ids[..length], Scored = sequence.Scored[..length] };
}
