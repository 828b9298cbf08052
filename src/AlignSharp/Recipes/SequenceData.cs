using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Reads rows for supervised fine-tuning and makes token sequences and packed rows of them, telling what was changed on the way.</summary>
/// <param name="options">The run: shapes, limits and packing.</param>
/// <param name="model">Model and tokenizer; a tokenizer is read only when the rows are text.</param>
/// <param name="note">Receives the counts.</param>
internal sealed class SequenceData(SftRunOptions options, ModelSource model, Action<string> note)
{
    /// <summary>Rows of a stream that are tokenised at once.</summary>
    private const int RowsAtOnce = 64;

    private ChatTemplate? _template;

    /// <summary>Rows of a training file, without those that are evaluated on, and the latter; which is null without <c>size_valid_set</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public (IReadOnlyList<SequenceGroup> Train, IReadOnlyList<SequenceGroup>? Evaluation) LoadTraining(string path, CancellationToken cancellation)
    {
        if (options.DatasetStreaming) return LoadStream(path, cancellation);
        var rows = Read(path);
        var (size, evaluation) = (options.SizeValidSet, (IReadOnlyList<SequenceGroup>?)null);
        if (size >= rows.Count) throw new ConfigurationException($"size_valid_set is {size}, but {path} has {rows.Count} rows; leave some to train on");
        if (size > 0) evaluation = Make($"{path}, first {size} rows", [.. rows.Take(size)], options.EvalPacking ?? options.Packing, isTraining: false, cancellation);
        return (Make(path, [.. rows.Skip(size)], options.Packing, isTraining: true, cancellation), evaluation);
    }

    /// <summary>Rows of an evaluation file.</summary>
    /// <inheritdoc cref="LoadTraining"/>
    public IReadOnlyList<SequenceGroup> LoadEvaluation(string path, CancellationToken cancellation) =>
        Make(path, Read(path), options.EvalPacking ?? options.Packing, isTraining: false, cancellation);

    private (IReadOnlyList<SequenceGroup> Train, IReadOnlyList<SequenceGroup>? Evaluation) LoadStream(string path, CancellationToken cancellation)
    {
        var stream = new RowStream(path, () => Open(path), options);
        RequireFitting(path, Open(path).First());
        var train = MakeStream(path, stream, cancellation);
        if (stream.LeftOut > 0) note($"{path}: {stream.LeftOut} rows left out in the stream's first pass, they have more than max_characters ({options.MaxCharacters})");
        var size = options.SizeValidSet;
        return (train, size == 0 ? null : Make($"{path}, first {size} rows", stream.First(), options.EvalPacking ?? options.Packing, isTraining: false, cancellation));
    }

    private List<SequenceGroup> MakeStream(string path, RowStream stream, CancellationToken cancellation)
    {
        var tokenizer = Tokenizer(Open(path).First());
        var (needed, whole, kept, dropped, wholeThen) = ((int)options.StreamedRows, new List<TokenizedSequence>(), new List<SequenceGroup>(), 0, 0);
        var sequences = stream.Rest().Chunk(RowsAtOnce).SelectMany(rows => Sequences(rows, tokenizer, cancellation)).Select(sequence =>
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
        note($"{path}: read as a stream through a buffer of {options.ShuffleBuffer} rows{(different < whole.Count ? $"; {different} different sequences, repeated up to {whole.Count}" : "")}");
        ReportEnds(kept, tokenizer);
        return kept;
    }

    private IReadOnlyList<SftExample> Read(string path)
    {
        var rows = Open(path).ToList();
        RequireFitting(path, rows[0]);
        return RowLimit.Apply(path, rows, RowCharacters.Of, options.MaxCharacters, note);
    }

    private IEnumerable<SftExample> Open(string path)
    {
        var shape = options.Mapping is { } mapping ? mapping.ForFineTuning()
            : options.DatasetTextField != "text" ? Registry.SftText(options.DatasetTextField)
            : null;
        return shape is null ? SftFiles.Read(path) : SftFiles.Read(path, shape);
    }

    private void RequireFitting(string path, SftExample first)
    {
        if (options.AssistantOnlyLoss && !IsChat(first)) throw new ConfigurationException($"assistant_only_loss: the rows of {path} are no conversations; remove the key");
        if (options.CompletionOnlyLoss == true && first is SftTextRow or SftMessagesRow)
            throw new ConfigurationException($"completion_only_loss: the rows of {path} have no prompt; give prompt and completion, or remove the key");
    }

    private static bool IsChat(SftExample row) => row is SftMessagesRow or SftChatCompletionRow;

    private ChatTemplate? Template()
    {
        _template ??= ChatTemplateChoice.Load(options.ChatTemplatePath, model.TokenizerFolder);
        return options.AssistantOnlyLoss && _template is { MarksAssistant: false }
            ? throw new ConfigurationException($"assistant_only_loss: {_template.Name} does not mark the assistant's turns; put {{% generation %}} around them, or give another chat_template_path")
            : _template;
    }

    private ITokenizer? Tokenizer(SftExample first) => first is not SftIdsRow && TokenizerFolder.Exists(model.TokenizerFolder) ? TokenizerFolder.Load(model.TokenizerFolder) : null;

    private IReadOnlyList<TokenizedSequence> Sequences(IReadOnlyList<SftExample> rows, ITokenizer? tokenizer, CancellationToken cancellation)
    {
        var template = tokenizer is not null && IsChat(rows[0]) ? Template() : null;
        var sequences = new SequenceTokenizer(tokenizer, endTexts: true, template, options.AssistantOnlyLoss).Tokenize(rows, cancellation);
        VocabularyCheck.Require(sequences, model.Config.Shape.VocabularySize);
        return options.CompletionOnlyLoss == false ? [.. sequences.Select(ScoredWhole)] : sequences;
    }

    private SequenceGroup Alone(TokenizedSequence sequence) => new([options.MaxLength is { } length ? Start(sequence, length) : sequence]);

    private DatasetException NothingToLearn(string name) =>
        new($"{name}: no row has a token to learn{(options.MaxLength is { } most ? $" within max_length ({most})" : "")}; the completions may begin behind it");

    private List<SequenceGroup> Make(string name, IReadOnlyList<SftExample> rows, PackingStrategy packing, bool isTraining, CancellationToken cancellation)
    {
        var tokenizer = Tokenizer(rows[0]);
        var sequences = Sequences(rows, tokenizer, cancellation);
        if (isTraining && options.ShuffleDataset) sequences = [.. new NumpyGenerator((ulong)options.Seed).Permutation(sequences.Count).Select(row => sequences[row])];

        var whole = sequences;
        if (packing == PackingStrategy.None && options.MaxLength is { } length) sequences = [.. sequences.Select(sequence => Start(sequence, length))];
        var made = SequencePacking.Pack(sequences, packing, options.MaxLength ?? int.MaxValue);
        var kept = made.Where(row => row.ScoredTokens > 0).ToList();
        if (kept.Count == 0) throw NothingToLearn(name);
        Report(name, whole, kept, made.Count - kept.Count, packing);
        if (isTraining) ReportEnds(kept, tokenizer);
        return kept;
    }

    private void Report(string name, IReadOnlyList<TokenizedSequence> whole, List<SequenceGroup> kept, int dropped, PackingStrategy packing)
    {
        note(FormattableString.Invariant($"{name}: {whole.Count} sequences, {whole.Sum(sequence => (long)sequence.Ids.Length)} tokens, {kept.Sum(row => (long)row.ScoredTokens)} of them learned"));
        var cut = options.MaxLength is { } length && packing is PackingStrategy.None or PackingStrategy.BestFit ? whole.Count(sequence => sequence.Ids.Length > length) : 0;
        if (cut > 0) note($"{name}: {cut} sequences cut to max_length ({options.MaxLength})");
        if (dropped > 0) note($"{name}: {dropped} rows dropped, they have no token to learn");
        if (packing != PackingStrategy.None)
            note(FormattableString.Invariant($"{name}: packed into {kept.Count} rows of {options.MaxLength} tokens, {100.0 * kept.Sum(row => (long)row.Tokens) / ((long)kept.Count * options.MaxLength!.Value):0.0} % filled"));
    }

    // A model that never learns the end of a sequence never stops, and shows it only when it is used.
    private void ReportEnds(List<SequenceGroup> rows, ITokenizer? tokenizer)
    {
        HashSet<int> ends = [.. model.Config.EosTokenIds];
        if (tokenizer?.Special.Eos is { } eos) ends.Add(eos.Id);
        if (ends.Count == 0)
        {
            note("end of sequence: neither config.json nor the tokenizer names one, so the model cannot learn to stop");
            return;
        }
        var (sequences, learned) = (0, 0);
        foreach (var sequence in rows.SelectMany(row => row.Sequences))
        {
            sequences++;
            for (var i = 1; i < sequence.Ids.Length; i++)
                if (sequence.Scored[i] && ends.Contains(sequence.Ids[i])) learned++;
        }
        note(learned == 0
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
