using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Previews;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Recipes.Datasets;

/// <summary>Rows of a data set as they will be trained: <c>align data preview</c>.</summary>
public sealed class DatasetPreview
{
    private readonly Func<CancellationToken, IEnumerable<RowPreview>> _rows;

    private DatasetPreview(Func<CancellationToken, IEnumerable<RowPreview>> rows) => _rows = rows;

    /// <summary>Opens the data set and tells its shape.</summary>
    /// <param name="run">The rows.</param>
    /// <param name="note">Receives the shape, a line a source.</param>
    /// <exception cref="AlignSharpException">Data or tokenizer cannot be read.</exception>
    public static DatasetPreview Open(DatasetRun run, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(note);
        var dataset = run.Training();
        return dataset.HoldsPreferences() ? OfPairs(run, dataset.AnyPreferences(), note) : OfSequences(run, dataset.FineTuning(), note);
    }

    /// <summary>Some rows, read as they are asked for.</summary>
    /// <param name="skip">Rows to pass over before.</param>
    /// <param name="count">Rows to show.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public IEnumerable<RowPreview> Rows(int skip, int count, CancellationToken cancellation) => _rows(cancellation).Skip(skip).Take(count);

    private static DatasetPreview OfPairs(DatasetRun run, ExampleReader<PreferenceExample> reader, Action<string> note)
    {
        foreach (var shape in reader.Shapes) note(shape);
        var pairs = run.Pairs(reader, out var tokenizer) ?? throw NoTokenizer();
        var previewer = new RowPreviewer(tokenizer);
        return new(cancellation => reader.Read().Select(row =>
        {
            cancellation.ThrowIfCancellationRequested();
            var whole = pairs.Whole(row);
            return previewer.Of(whole, pairs.Trained(whole.Pair));
        }));
    }

    private static DatasetPreview OfSequences(DatasetRun run, ExampleReader<SftExample> reader, Action<string> note)
    {
        foreach (var shape in reader.Shapes) note(shape);
        var sequences = run.Sequences(reader, out var tokenizer) ?? throw NoTokenizer();
        var previewer = new RowPreviewer(tokenizer);
        return new(cancellation => reader.Read().Select(row =>
        {
            cancellation.ThrowIfCancellationRequested();
            return previewer.Of(sequences.Tokenize(row), run.MaxLength);
        }));
    }

    private static ConfigurationException NoTokenizer() =>
        new("the rows are text, and no tokenizer is named; give --tokenizer DIR, or --model_name_or_path or --config of the run");
}
