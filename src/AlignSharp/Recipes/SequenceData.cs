using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Reads rows for supervised fine-tuning and makes token sequences and packed rows of them, telling what was changed on the way.</summary>
/// <param name="options">The run: shapes, limits and packing.</param>
/// <param name="policy">Model and tokenizer; a tokenizer is read only when the rows are text.</param>
/// <param name="note">Receives the counts.</param>
internal sealed class SequenceData(SftRunOptions options, Policy policy, Action<string> note)
{
    /// <summary>Rows of a training file, without those that are evaluated on, and the latter; which is null without <c>size_valid_set</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public (IReadOnlyList<SequenceGroup> Train, IReadOnlyList<SequenceGroup>? Evaluation) LoadTraining(string path, CancellationToken cancellation)
    {
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

    private IReadOnlyList<SftExample> Read(string path)
    {
        var shape = options.Mapping is { } mapping ? mapping.ForFineTuning()
            : options.DatasetTextField != "text" ? Registry.SftText(options.DatasetTextField)
            : null;
        var rows = (shape is null ? SftFiles.Read(path) : SftFiles.Read(path, shape)).ToList();
        if (options.CompletionOnlyLoss == true && rows[0] is SftTextRow)
            throw new ConfigurationException($"completion_only_loss: the rows of {path} are plain text without a prompt; give prompt and completion, or remove the key");
        return RowLimit.Apply(path, rows, RowCharacters.Of, options.MaxCharacters, note);
    }

    private List<SequenceGroup> Make(string name, IReadOnlyList<SftExample> rows, PackingStrategy packing, bool isTraining, CancellationToken cancellation)
    {
        var tokenizer = rows[0] is not SftIdsRow && TokenizerFolder.Exists(policy.TokenizerFolder) ? TokenizerFolder.Load(policy.TokenizerFolder) : null;
        var sequences = new SequenceTokenizer(tokenizer, endTexts: true).Tokenize(rows, cancellation);
        VocabularyCheck.Require(sequences, policy.Model.VocabularySize);
        if (options.CompletionOnlyLoss == false) sequences = [.. sequences.Select(ScoredWhole)];
        if (isTraining && options.ShuffleDataset) sequences = [.. new NumpyGenerator((ulong)options.Seed).Permutation(sequences.Count).Select(row => sequences[row])];

        var whole = sequences;
        if (packing == PackingStrategy.None && options.MaxLength is { } length) sequences = [.. sequences.Select(sequence => Start(sequence, length))];
        var made = SequencePacking.Pack(sequences, packing, options.MaxLength ?? int.MaxValue);
        var kept = made.Where(row => row.ScoredTokens > 0).ToList();
        if (kept.Count == 0) throw new DatasetException($"{name}: no row has a token to learn{(options.MaxLength is { } most ? $" within max_length ({most})" : "")}; the completions may begin behind it");
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
        HashSet<int> ends = [.. policy.Config.EosTokenIds];
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

    private static TokenizedSequence Start(TokenizedSequence sequence, int length) =>
        sequence.Ids.Length <= length ? sequence : sequence with { Ids = sequence.Ids[..length], Scored = sequence.Scored[..length] };
}
