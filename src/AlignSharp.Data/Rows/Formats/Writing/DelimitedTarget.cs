using System.Text;
using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>CSV or TSV with the first row's fields: texts as they are, numbers and booleans as JSON says them, null as an empty cell.</summary>
internal sealed class DelimitedTarget : IRowTarget
{
    private readonly Stream _file, _content;
    private readonly StreamWriter _text;
    private readonly char _delimiter;
    private readonly System.Buffers.SearchValues<char> _special;
    private string[]? _fields;

    public DelimitedTarget(string path, Stream file, char delimiter)
    {
        (_file, _delimiter) = (file, delimiter);
        _special = System.Buffers.SearchValues.Create([delimiter, '"', '\r', '\n', '\uFEFF']);
        _content = Compression.Writing(path, file);
        _text = new StreamWriter(_content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
    }

    /// <inheritdoc/>
    public void Write(JsonElement row, int number)
    {
        if (_fields is null)
        {
            _fields = [.. row.EnumerateObject().Select(field => field.Name)];
            if (_fields.Length == 0) throw new RowMisfitException(number, "", "is missing: the first row has no fields to name the columns by");
            WriteLine(_fields);
        }
        if (row.EnumerateObject().FirstOrDefault(field => !_fields.Contains(field.Name, StringComparer.Ordinal)) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            throw new RowMisfitException(number, other.Name, "is not one of the first row's, which are the file's columns; write .jsonl");
        WriteLine(_fields.Select(field => Cell(row, field, number)).ToArray());
    }

    /// <inheritdoc/>
    public void Complete() => _text.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        if (_content != _file) _content.Dispose();
    }

    private static string Cell(JsonElement row, string field, int number)
    {
        if (!row.TryGetProperty(field, out var value)) return "";
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Array or JsonValueKind.Object => throw new RowMisfitException(number, field, $"is {(value.ValueKind == JsonValueKind.Array ? "a list" : "an object")}, which a cell cannot hold; write .jsonl or .parquet"),
                _ => value.GetRawText(),
            };
        }
        catch (InvalidOperationException error)
        {
            throw new RowMisfitException(number, field, "has a lone surrogate, which is no character; repair the text", error);
        }
    }

    private void WriteLine(string[] cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) _text.Write(_delimiter);
            WriteCell(cells[i], isAlone: cells.Length == 1);
        }
        _text.Write('\n');
    }

    // An empty cell that is alone would be a blank line, and others trim spaces that are not quoted.
    private void WriteCell(string cell, bool isAlone)
    {
        var needsQuotes = cell.Length == 0 ? isAlone : cell.AsSpan().ContainsAny(_special) || char.IsWhiteSpace(cell[0]) || char.IsWhiteSpace(cell[^1]);
        if (needsQuotes) _text.Write($"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        else _text.Write(cell);
    }
}
