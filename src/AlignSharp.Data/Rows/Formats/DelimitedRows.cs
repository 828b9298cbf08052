using System.Text.Json;
using System.Text.Unicode;
using AlignSharp.Data.Faults;
using CsvHelper;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// Rows of <c>.csv</c> and <c>.tsv</c> in UTF-8: the first line names the fields, each cell is text (an empty one the empty text), quoted cells
/// may have line breaks, blank lines are skipped. A row's number is the line that it begins on.
/// </summary>
internal sealed class DelimitedRows : IDisposable
{
    private const string Remedy = "a cell with a delimiter, a quote or a line break needs quotes around it and its quotes doubled";

    private readonly ReadRequest _request;
    private readonly CsvReader _rows;
    private readonly RowBuffer _buffer = new();
    // By line, as the reader may look ahead.
    private readonly Dictionary<long, CsvMalformedReason> _malformed = [];
    private JsonEncodedText[] _names = [];

    private DelimitedRows(ReadRequest request, char delimiter)
    {
        _request = request;
        RefuseUtf16(request);
        _rows = CsvReader.Create(DataFile.Open(request.Path), new CsvReaderOptions
        {
            Separator = delimiter,
            HasHeader = false,
            TrackLineNumbers = true,
            MaxRecordSize = LineReader.MaxBytes,
            OnMalformedRecord = record => _malformed[record.LineNumber] = record.Reason,
        });
    }

    public static IEnumerable<RowFields> Read(ReadRequest request, char delimiter)
    {
        using var rows = new DelimitedRows(request, delimiter);
        if (!rows.Next()) yield break;
        rows.ReadNames();
        for (var row = 0; rows.Next();)
            if (row++ >= request.Skip && rows.Row() is { } element) yield return new RowFields(element, rows.At);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _buffer.Dispose();
    }

    private RowPosition At => _request.At((int)_rows.LineNumber);

    private bool Next()
    {
        _malformed.Remove(_rows.LineNumber);
        try
        {
            return _rows.Read();
        }
        catch (CsvFormatException error)
        {
            throw new DatasetException($"{_request.Path}:{error.LineNumber}: the row is longer than {LineReader.MaxBytes >> 20} MiB; is a quote never closed?", error);
        }
    }

    private JsonElement? Row()
    {
        if (Fault() is { } fault)
        {
            _request.Report(new DatasetException($"{At}: {fault}"));
            return null;
        }
        var json = _buffer.Begin();
        for (var i = 0; i < _names.Length; i++) json.WriteString(_names[i], _rows.GetSpan(i));
        return _buffer.End();
    }

    private string? Fault()
    {
        if (QuotingFault() is { } fault) return fault;
        if (_rows.FieldCount != _names.Length) return $"the row has {_rows.FieldCount} cells where the header has {_names.Length}; {Remedy}.";
        return Utf8.IsValid(_rows.RawRecord) ? null : "the row is not valid UTF-8; convert the file to UTF-8.";
    }

    private string? QuotingFault() => !_malformed.TryGetValue(_rows.LineNumber, out var reason) ? null
        : reason == CsvMalformedReason.UnterminatedQuote ? "the file ends inside a quoted cell of this row; copy or download it again, or close the quote."
        : $"a quote stands inside a cell that does not begin with one, or text after a closing one; {Remedy}.";

    private void ReadNames()
    {
        if (!Utf8.IsValid(_rows.RawRecord)) throw new DatasetException($"{At}: the line is not valid UTF-8; convert the file to UTF-8.");
        var names = Enumerable.Range(0, _rows.FieldCount).Select(_rows.GetString).ToArray();
        var fault = QuotingFault()
            ?? (names.Any(name => name.Contains('\0')) ? "the text has NUL characters, as UTF-16 has; convert the file to UTF-8."
            : names.Any(string.IsNullOrWhiteSpace) ? "a column of the header has no name; the first line must name every column."
            : names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { Key: var twice } ? $"the header names '{twice}' twice; rename one."
            : null);
        _names = fault is null ? [.. names.Select(name => JsonEncodedText.Encode(name))] : throw new DatasetException($"{At}: {fault}");
    }

    // The reader would convert it, other formats would not, and without its mark neither would.
    private static void RefuseUtf16(ReadRequest request)
    {
        using var content = DataFile.Open(request.Path);
        Span<byte> start = stackalloc byte[4];
        var found = start[..content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (found.StartsWith((byte[])[0xFF, 0xFE]) || found.StartsWith((byte[])[0xFE, 0xFF]) || found.SequenceEqual((byte[])[0, 0, 0xFE, 0xFF]))
            throw new DatasetException($"{request.At(1)}: the file is UTF-16 or UTF-32; convert it to UTF-8.");
    }
}
