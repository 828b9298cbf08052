using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// Rows of <c>.jsonl</c> (an object a line; read line by line) and <c>.json</c> (an array of objects; read whole). UTF-8 with or
/// without a byte order mark, LF or CRLF; blank lines are skipped.
/// </summary>
internal static class JsonRows
{
    /// <summary>Longest line of a <c>.jsonl</c> file and longest <c>.json</c> file, in bytes.</summary>
    private const int MaxBytes = 1 << 30;

    /// <summary>Reads rows one after the other; each is valid until the next is asked for.</summary>
    /// <exception cref="ConfigurationException">The file is missing, unreadable, or of another format.</exception>
    /// <exception cref="DatasetException">A row is not a JSON object.</exception>
    public static IEnumerable<RowFields> Read(string path, bool isArray)
    {
        // A missing file shows here, not when the first row is asked for.
        OpenFile(path).Dispose();
        return isArray ? ReadArray(path) : ReadLines(path);
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException($"{path}: the data file does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: the data file cannot be read: {error.Message}", error);
        }
    }

    private static IEnumerable<RowFields> ReadLines(string path)
    {
        using var lines = new LineReader(OpenFile(path), MaxBytes);
        while (lines.Next(path))
        {
            var source = new RowPosition(path, lines.Number);
            if (IsBlank(lines.Line.Span)) continue;
            using var document = ParseLine(lines.Line, source);
            yield return Row(document.RootElement, source);
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.TrimStart("\uFEFF"u8).IndexOfAnyExcept(" \t\r"u8) < 0;

    private static JsonDocument ParseLine(ReadOnlyMemory<byte> line, RowPosition source)
    {
        try
        {
            return StrictJson.Parse(line);
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{source}: the line is not valid JSON: {StrictJson.OneLine(error)}; expected one object a line in UTF-8.", error);
        }
    }

    private static IEnumerable<RowFields> ReadArray(string path)
    {
        using var document = ParseFile(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new DatasetException($"{path}: the file is not an array of rows; wrap the rows in [ ], or name it .jsonl if it has one object a line.");
        var number = 0;
        foreach (var row in document.RootElement.EnumerateArray()) yield return Row(row, new RowPosition(path, ++number));
    }

    private static JsonDocument ParseFile(string path)
    {
        using var stream = OpenFile(path);
        if (stream.Length > MaxBytes) throw new DatasetException($"{path}: {stream.Length} bytes are too many for an array that is read whole; convert it to .jsonl.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return StrictJson.Parse(bytes);
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{path}: not valid JSON: {StrictJson.OneLine(error)}; expected an array of rows in UTF-8.", error);
        }
    }

    private static RowFields Row(JsonElement row, RowPosition source) => row.ValueKind == JsonValueKind.Object
        ? new RowFields(row, source)
        : throw new DatasetException($"{source}: the row is not an object with fields.");
}
