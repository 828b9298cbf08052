using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>JSON: an object a line, or an array of objects, each on its line too.</summary>
internal sealed class JsonTarget : IRowTarget
{
    private readonly Stream _file, _content;
    private readonly bool _isArray;
    private readonly MemoryStream _row = new();
    private readonly Utf8JsonWriter _json;
    private bool _hasRows;

    public JsonTarget(string path, Stream file, bool isArray)
    {
        (_file, _isArray) = (file, isArray);
        _content = Compression.Writing(path, file);
        _json = new Utf8JsonWriter(_row, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <inheritdoc/>
    public void Write(JsonElement row, int number)
    {
        _row.SetLength(0);
        _json.Reset();
        _json.WriteStartObject();
        foreach (var field in row.EnumerateObject()) WriteField(field, number);
        _json.WriteEndObject();
        _json.Flush();
        if (_isArray) _content.Write(_hasRows ? ",\n"u8 : "[\n"u8);
        _content.Write(_row.GetBuffer(), 0, (int)_row.Length);
        if (!_isArray) _content.Write("\n"u8);
        _hasRows = true;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_isArray) _content.Write(_hasRows ? "\n]\n"u8 : "[]\n"u8);
        _content.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        if (_content != _file) _content.Dispose();
    }

    private void WriteField(JsonProperty field, int number)
    {
        try
        {
            field.WriteTo(_json);
        }
        catch (InvalidOperationException error)
        {
            throw new RowMisfitException(number, field.Name, "has a lone surrogate, which is no character; repair the text", error);
        }
    }
}
