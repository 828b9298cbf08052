using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Formats;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Data.Checks;

/// <summary>A copy of a training set without the rows at fault, and a list of what went and why.</summary>
public sealed class CleanedCopy
{
    private readonly string _path;

    /// <summary>Says where the copy goes, before any work is done.</summary>
    /// <param name="path">A file that does not exist; its ending names the format. The list is <c>{path}.removed.jsonl</c>.</param>
    /// <exception cref="ConfigurationException">The file or the list exists, or the ending is of no format.</exception>
    public CleanedCopy(string path)
    {
        _path = path;
        if (!RowFormats.IsData(path)) throw RowFormats.Unknown(path);
        foreach (var file in new[] { path, Removed })
            if (Path.Exists(file)) throw new ConfigurationException($"{file}: exists already, and no data is replaced; name another file or remove it");
    }

    private string Removed => $"{_path}.removed.jsonl";

    /// <summary>Writes copy and list.</summary>
    /// <param name="training">The training set that was checked, whose rows keep their columns.</param>
    /// <param name="readable">Where the pairs stand that the check could read.</param>
    /// <param name="report">What it found.</param>
    /// <param name="cancellation">Stops between rows; nothing is left then.</param>
    /// <returns>A line for people.</returns>
    /// <exception cref="AlignSharpException">The files cannot be written.</exception>
    public string Write(Dataset training, IReadOnlyList<RowPosition> readable, CheckReport report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(report);
        var reasons = report.LeftOut.GroupBy(row => row.Source).ToDictionary(rows => rows.Key, rows => rows.First().Code);
        HashSet<RowPosition> read = [.. readable];
        using var copy = new RowFileWriter(_path);
        using var list = new RowFileWriter(Removed);
        foreach (var row in training.SkippingBadRows().Rows(maps: false))
        {
            cancellation.ThrowIfCancellationRequested();
            var reason = reasons.GetValueOrDefault(row.Source) ?? (read.Contains(row.Source) ? null : "unreadable-row");
            if (reason is null) copy.Write(row.Seen());
            else list.Write(JsonSerializer.SerializeToElement(new { file = row.Source.File, row = row.Source.Row, reason }));
        }
        if (copy.Rows == 0) throw new DatasetException($"{training.Name}: no row would be left in {_path}; it is not written.");
        list.Complete();
        copy.Complete();
        return $"{_path}: {copy.Rows} rows; {list.Rows} went, see {Removed}";
    }
}
