using System.Text.Json;
using System.Text.Unicode;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>Rows of <c>.jsonl</c>, an object a line: UTF-8 with or without a byte order mark, LF or CRLF; blank lines are skipped.</summary>
internal static class JsonLineRows
{
    public static IEnumerable<RowFields> Read(ReadRequest request)
    {
        using var lines = new LineReader(DataFile.Open(request.Path));
        var toSkip = request.Skip;
        while (lines.Next(request.Path))
        {
            if (IsBlank(lines.Line.Span) || toSkip-- > 0) continue;
            toSkip = 0;
            using var document = Parse(lines, request);
            if (document is not null) yield return new RowFields(document.RootElement, request.At(lines.Number));
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.TrimStart("\uFEFF"u8).IndexOfAnyExcept(" \t\r"u8) < 0;

    private static JsonDocument? Parse(LineReader lines, ReadRequest request)
    {
        var source = request.At(lines.Number);
        try
        {
            var document = StrictJson.Parse(lines.Line);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            request.Report(NoObject(source));
        }
        catch (JsonException error)
        {
            request.Report(new DatasetException(lines.IsUnended && IsBeginning(lines.Line.Span)
                ? $"{source}: the last line is cut off, it is not valid JSON: {StrictJson.OneLine(error)}; copy or download the file again, or remove the line."
                : $"{source}: the line is not valid JSON: {StrictJson.OneLine(error)}; expected one object a line in UTF-8.", error));
        }
        return null;
    }

    /// <summary>The fault of a row that is no object.</summary>
    public static DatasetException NoObject(RowPosition source) => new($"{source}: the row is not an object with fields.");

    // Whether more bytes could make the line valid.
    private static bool IsBeginning(ReadOnlySpan<byte> line)
    {
        line = line.TrimStart("\uFEFF"u8);
        // A character that is cut into takes up to three bytes.
        for (var cut = 0; cut < 4 && !Utf8.IsValid(line); cut++) line = line[..^Math.Min(1, line.Length)];
        var reader = new Utf8JsonReader(line, isFinalBlock: false, new JsonReaderState());
        try
        {
            while (reader.Read()) { }
            return Utf8.IsValid(line);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
