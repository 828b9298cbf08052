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
    /// <param name="onBadRow">Receives rows that cannot be read, which are then passed over; null throws.</param>
    /// <exception cref="ConfigurationException">The file is missing, unreadable, or of another format; thrown at the call.</exception>
    /// <exception cref="DatasetException">A row cannot be read; thrown when it is reached.</exception>
    public static IEnumerable<RowFields> Read(string path, Action<DatasetException>? onBadRow = null) => Readers.TryGetValue(Path.GetExtension(path), out var read)
        ? read(path)
        : throw new ConfigurationException($"{path}: data files of the format '{Path.GetExtension(path)}' are not read; convert it to .jsonl (a row a line) or .json (an array of rows).");

    /// <summary>The endings that are known.</summary>
    public static IEnumerable<string> Endings => Readers.Keys;

    /// <summary>Whether a path's ending is known.</summary>
    public static bool IsData(string path) => Readers.ContainsKey(Path.GetExtension(path));

    /// <summary>The format that a path's ending names.</summary>
    public static string NameOf(string path) => Path.GetExtension(path);
}
