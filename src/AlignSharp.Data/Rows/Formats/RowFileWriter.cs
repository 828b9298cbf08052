using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Rows.Formats.Writing;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// Writes rows one after the other into a data file of any format that <see cref="RowFormats"/> reads. The file appears under its name only with
/// <see cref="Complete"/>; disposed without it, nothing has changed. Memory stays bounded whatever the number of rows.
/// </summary>
/// <remarks>
/// Parquet (snappy) and Arrow (the stream form, as in the cache of Hugging Face's datasets) need one type for each field, which the first
/// rows show: texts, booleans, 64-bit integers, fractions, lists, objects with named fields; a field that a row lacks is null there. CSV and TSV have
/// the first row's fields and are text only, so a null becomes an empty cell and lists and objects are refused.
/// </remarks>
public sealed class RowFileWriter : IDisposable
{
    private readonly string _path;
    private readonly FileDraft _draft;
    private IRowTarget? _target;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target, whose ending names the format; its folder must exist.</param>
    /// <exception cref="ConfigurationException">The ending is of no format, or the folder is missing or may not be written to.</exception>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    public RowFileWriter(string path)
    {
        _path = path;
        var ending = RowFormats.EndingOf(path) ?? throw RowFormats.Unknown(path);
        _draft = new FileDraft(path);
        _draft.Write(content => _target = Open(path, ending, content));
    }

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Writes a row.</summary>
    /// <param name="row">A JSON object.</param>
    /// <exception cref="DatasetException">The row is no object, or the format cannot hold it; the message names its number and the field.</exception>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    public void Write(JsonElement row)
    {
        Rows++;
        if (row.ValueKind != JsonValueKind.Object) throw new DatasetException($"{_path}: row {Rows} is not an object with fields.");
        Run(target => target.Write(row, Rows));
    }

    /// <summary>Finishes the file and gives it its name. The writer can do nothing after it.</summary>
    /// <exception cref="DatasetException">The rows that were kept back do not fit the format.</exception>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    public void Complete()
    {
        Run(target => target.Complete());
        _target!.Dispose();
        _target = null;
        _draft.Complete();
    }

    /// <summary>Gives up a file that was not completed.</summary>
    public void Dispose()
    {
        try
        {
            _target?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is not wanted any more.
        }
        _target = null;
        _draft.Dispose();
    }

    private void Run(Action<IRowTarget> action)
    {
        ObjectDisposedException.ThrowIf(_target is null, this);
        try
        {
            _draft.Write(_ => action(_target));
        }
        catch (RowMisfitException misfit)
        {
            throw new DatasetException($"{_path}: {misfit.Message}", misfit.InnerException ?? misfit);
        }
    }

    private static IRowTarget Open(string path, string ending, Stream content) => ending switch
    {
        ".json" => new JsonTarget(path, content, isArray: true),
        ".csv" => new DelimitedTarget(path, content, ','),
        ".tsv" => new DelimitedTarget(path, content, '\t'),
        ".parquet" => new ColumnTarget(new ParquetColumns(content)),
        ".arrow" => new ColumnTarget(new ArrowColumns(content)),
        _ => new JsonTarget(path, content, isArray: false),
    };
}
