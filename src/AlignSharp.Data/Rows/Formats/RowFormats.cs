using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// The formats of data files. Whatever the format, a row is a JSON object; the reader above knows nothing else. To add one: a line
/// here, a reader beside it, a fixture and its test.
/// </summary>
internal static class RowFormats
{
    private static readonly Dictionary<string, Func<string, IEnumerable<RowFields>>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [".jsonl"] = path => JsonRows.Read(path, isArray: false),
        [".json"] = path => JsonRows.Read(path, isArray: true),
    };

    /// <summary>Reads a file's rows one after the other; each is valid until the next is asked for.</summary>
    /// <param name="path">The file; its ending names the format.</param>
    /// <exception cref="ConfigurationException">The file is missing, unreadable, or of another format; thrown at the call.</exception>
    /// <exception cref="DatasetException">A row cannot be read; thrown when it is reached.</exception>
    public static IEnumerable<RowFields> Read(string path) => Readers.TryGetValue(Path.GetExtension(path), out var read)
        ? read(path)
        : throw new ConfigurationException($"{path}: data files of the format '{Path.GetExtension(path)}' are not read; convert it to .jsonl (a row a line) or .json (an array of rows).");
}
