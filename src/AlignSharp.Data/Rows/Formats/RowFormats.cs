using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats.ArrowFiles;
using AlignSharp.Data.Rows.Formats.ParquetFiles;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// The formats of data files. Whatever the format, a row is a JSON object; what lies above knows nothing else. To add one: a line
/// here, a reader beside it, a fixture and its test.
/// </summary>
public static class RowFormats
{
    private static readonly RowFormat[] Formats =
    [
        new(".jsonl", "JSON, an object a line", JsonLineRows.Read),
        new(".ndjson", "JSON, an object a line", JsonLineRows.Read),
        new(".json", "JSON, an array of rows or an object of columns", JsonFileRows.Read),
        new(".csv", "comma-separated text", request => DelimitedRows.Read(request, ',')),
        new(".tsv", "tab-separated text", request => DelimitedRows.Read(request, '\t')),
        new(".parquet", "Parquet", ParquetRows.Read, IsText: false),
        new(".arrow", "Arrow IPC", ArrowRows.Read, IsText: false),
    ];

    /// <summary>The endings of data files, compound ones (<c>.jsonl.gz</c>) last.</summary>
    public static IReadOnlyList<string> Endings { get; } =
    [
        .. Formats.Select(format => format.Ending),
        .. Formats.Where(format => format.IsText).SelectMany(format => Compression.Endings.Select(wrapper => format.Ending + wrapper)),
    ];

    /// <summary>Whether a path has the ending of a data file.</summary>
    /// <param name="path">A path; need not exist.</param>
    public static bool IsData(string path) => Find(path) is not null;

    /// <summary>Whether a path has the ending of a plain text, compressed or not.</summary>
    /// <param name="path">A path; need not exist.</param>
    public static bool IsPlainText(string path) => Compression.Inner(path).EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    /// <summary>The format of a data file in words, or null where the ending is none of <see cref="Endings"/>.</summary>
    /// <param name="path">A path; need not exist.</param>
    public static string? NameOf(string path) => Find(path) is { } format ? format.Name + Compression.Suffix(path) : null;

    /// <summary>The ending of a path without its compression, in small letters: what <see cref="RowFileWriter"/> decides by.</summary>
    internal static string? EndingOf(string path) => Find(path)?.Ending;

    /// <summary>Reads a file's rows one after the other; each is valid until the next is asked for.</summary>
    /// <remarks>
    /// Numbers keep their text where the file has text, and integers and fractions stay apart where it has types; NaN and infinity, which
    /// JSON cannot say, become null. Dates and times become ISO text, bytes become text if they are UTF-8, cells of CSV are always text.
    /// </remarks>
    /// <param name="path">The file; its ending names the format.</param>
    /// <param name="skip">Rows to pass over at the start, readable or not: a position to go on from. Cheap where the format allows.</param>
    /// <param name="onBadRow">
    /// Hears of rows that cannot be read, which are passed over; null: the first such row is thrown. What is wrong with a whole file is thrown in any case.
    /// </param>
    /// <exception cref="ConfigurationException">The file is missing, unreadable, or of another format; thrown at the call.</exception>
    /// <exception cref="DatasetException">A row or the file cannot be read; thrown when it is reached.</exception>
    public static IEnumerable<RowFields> Read(string path, int skip = 0, Action<DatasetException>? onBadRow = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        var format = Find(path) ?? throw Unknown(path);
        // A missing file shows here, not when the first row is asked for.
        DataFile.Open(path).Dispose();
        return format.Read(new ReadRequest(path, skip, onBadRow));
    }

    /// <summary>The fault of a path whose ending is of no format.</summary>
    internal static ConfigurationException Unknown(string path) => new(
        $"{path}: data files of the format '{Path.GetExtension(path)}' are not known; convert it to .jsonl (a row a line), or use one of {string.Join(", ", Formats.Select(format => format.Ending))}, the text formats also with {string.Join(", ", Compression.Endings)}.");

    private static RowFormat? Find(string path)
    {
        var inner = Compression.Inner(path);
        var isWrapped = inner.Length < path.Length;
        return Array.Find(Formats, format => inner.EndsWith(format.Ending, StringComparison.OrdinalIgnoreCase) && (format.IsText || !isWrapped));
    }

    private sealed record RowFormat(string Ending, string Name, Func<ReadRequest, IEnumerable<RowFields>> Read, bool IsText = true);
}
