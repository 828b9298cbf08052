using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Data.Rows.Exports;

/// <summary>Writes the rows of data sets into files of any format.</summary>
/// <param name="dataset">The rows.</param>
/// <param name="note">Receives what the user should know.</param>
public sealed class DatasetExport(Dataset dataset, Action<string> note)
{
    /// <summary>Writes the rows with the columns that they have.</summary>
    /// <param name="path">The target, whose ending names the format.</param>
    /// <param name="rows">Which of them, and in which order.</param>
    /// <param name="cancellation">Stops between rows; nothing is left then.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="AlignSharpException">A row is bad, or the file cannot be written.</exception>
    public int Convert(string path, RowSelection rows, CancellationToken cancellation)
    {
        var bad = new BadRows();
        var count = Write(path, rows.Apply(dataset.Rows(maps: true, bad).Select(row => row.Seen()), element => element.Clone()), cancellation);
        foreach (var line in bad.Lines(dataset.Name)) note(line);
        return count;
    }

    /// <summary>Writes preferences with the columns that TRL names: prompt, chosen, rejected; unpaired answers are paired.</summary>
    /// <inheritdoc cref="Convert"/>
    public int Preferences(string path, RowSelection rows, CancellationToken cancellation) =>
        Write(path, rows.Apply(Paired().Select(StandardRows.Of), element => element), cancellation);

    /// <summary>Writes answers with a verdict: prompt, completion, label; preferences are taken apart.</summary>
    /// <inheritdoc cref="Convert"/>
    public int Unpaired(string path, RowSelection rows, CancellationToken cancellation)
    {
        var reader = dataset.AnyPreferences();
        foreach (var shape in reader.Shapes) note(shape);
        return Write(path, rows.Apply(reader.Read().SelectMany(StandardRows.Unpaired), element => element), cancellation);
    }

    /// <summary>Writes the rows into two files, those to train on and those to test on.</summary>
    /// <param name="train">Target of the training rows.</param>
    /// <param name="test">Target of the test rows.</param>
    /// <param name="testSize">Rows to test on, as <see cref="TrainTestSplit"/> takes it.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="shuffles">Whether rows are drawn; else the last rows are the test.</param>
    /// <param name="cancellation">Stops between rows; nothing is left then.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="AlignSharpException">A row is bad, or a file cannot be written.</exception>
    public (int Train, int Test) Split(string train, string test, double testSize, ulong seed, bool shuffles, CancellationToken cancellation)
    {
        var rows = new List<JsonElement>();
        foreach (var row in dataset.Rows(maps: true))
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(row.Seen().Clone());
        }
        var (toTrain, toTest) = TrainTestSplit.Of(rows.Count, testSize, seed, shuffles);
        using var trainFile = new RowFileWriter(train);
        using var testFile = new RowFileWriter(test);
        foreach (var i in toTrain) trainFile.Write(rows[i]);
        foreach (var i in toTest) testFile.Write(rows[i]);
        trainFile.Complete();
        testFile.Complete();
        return (toTrain.Length, toTest.Length);
    }

    private IEnumerable<PreferenceExample> Paired()
    {
        if (dataset.HoldsPreferences())
        {
            var preferences = dataset.AnyPreferences();
            foreach (var shape in preferences.Shapes) note(shape);
            return preferences.Read();
        }
        var answers = dataset.Unpaired();
        foreach (var shape in answers.Shapes) note(shape);
        var pairing = new Pairing();
        foreach (var answer in answers.Read()) pairing.Add(answer);
        if (pairing.PromptsWithoutPair > 0) note($"{dataset.Name}: {pairing.PromptsWithoutPair} prompts have no pair of a good and a bad answer and are left out");
        return pairing.Pairs();
    }

    private static int Write(string path, IEnumerable<JsonElement> rows, CancellationToken cancellation)
    {
        using var file = new RowFileWriter(path);
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Write(row);
        }
        if (file.Rows == 0) throw new DatasetException($"{path}: no row is left to write; the file is not written.");
        file.Complete();
        return file.Rows;
    }
}
