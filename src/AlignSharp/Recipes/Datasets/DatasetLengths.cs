using AlignSharp.Data.Faults;
using AlignSharp.Data.Lengths;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Recipes.Datasets;

/// <summary>Lengths of a data set's rows: <c>align data stats</c>.</summary>
public static class DatasetLengths
{
    /// <summary>Measures the training set: in tokens where there is a tokenizer, else in characters.</summary>
    /// <param name="run">The rows.</param>
    /// <param name="note">Receives the shapes.</param>
    /// <param name="progress">Receives the number of rows now and then.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="AlignSharpException">Data or tokenizer cannot be read.</exception>
    public static IReadOnlyList<LengthProfile> Measure(DatasetRun run, Action<string> note, Action<long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(progress);
        var dataset = run.Training();
        return dataset.HoldsPreferences() ? OfPairs(run, Noted(dataset.AnyPreferences(), note), progress, cancellation) : OfSequences(run, Noted(dataset.FineTuning(), note), progress, cancellation);
    }

    private static ExampleReader<T> Noted<T>(ExampleReader<T> reader, Action<string> note) where T : class
    {
        foreach (var shape in reader.Shapes) note(shape);
        return reader;
    }

    private static LengthProfile[] OfPairs(DatasetRun run, ExampleReader<PreferenceExample> reader, Action<long> progress, CancellationToken cancellation)
    {
        if (run.Pairs(reader, out _) is not { } pairs) return Profiles("characters", reader.Read().Select(row => Stopped(RowCharacters.Parts(row), cancellation)), progress);
        return Profiles("tokens", pairs.Whole(reader.Read(), cancellation).Select(whole => (whole.Pair.PromptIds.Length, whole.Pair.ChosenIds.Length, whole.Pair.RejectedIds.Length)), progress);
    }

    private static LengthProfile[] Profiles(string unit, IEnumerable<(int Prompt, int Chosen, int Rejected)> rows, Action<long> progress)
    {
        var (prompt, chosen, rejected, longer) = (new List<int>(), new List<int>(), new List<int>(), new List<int>());
        foreach (var row in Counted(rows, progress))
        {
            prompt.Add(row.Prompt);
            chosen.Add(row.Chosen);
            rejected.Add(row.Rejected);
            longer.Add(row.Prompt + Math.Max(row.Chosen, row.Rejected));
        }
        return [new("prompt", unit, prompt), new("chosen", unit, chosen), new("rejected", unit, rejected), new("prompt and longer answer", unit, longer)];
    }

    private static LengthProfile[] OfSequences(DatasetRun run, ExampleReader<SftExample> reader, Action<long> progress, CancellationToken cancellation)
    {
        if (run.Sequences(reader, out _) is not { } sequences)
            return [new("row", "characters", [.. Counted(reader.Read().Select(row => Stopped(RowCharacters.Of(row), cancellation)), progress)])];
        var (whole, learned) = (new List<int>(), new List<int>());
        foreach (var sequence in Counted(sequences.Tokenize(reader.Read(), cancellation), progress))
        {
            whole.Add(sequence.Ids.Length);
            learned.Add(sequence.Scored.Skip(1).Count(scored => scored));
        }
        return [new("row", "tokens", whole), new("learned", "tokens", learned)];
    }

    private static T Stopped<T>(T value, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return value;
    }

    private static IEnumerable<T> Counted<T>(IEnumerable<T> rows, Action<long> progress)
    {
        var count = 0L;
        foreach (var row in rows)
        {
            yield return row;
            if (++count % 1000 == 0) progress(count);
        }
    }
}
