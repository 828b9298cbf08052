using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>Makes JSON objects, one at a time, out of a format that is not JSON; a row lives until the next is begun.</summary>
internal sealed class RowBuffer : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1 << 12);
    private JsonDocument? _document;

    /// <summary>Writes the row. What its readers write is valid by their construction, so it is not checked again.</summary>
    public Utf8JsonWriter Json { get; }

    public RowBuffer() => Json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Drops the last row, finished or not, and begins the next.</summary>
    public Utf8JsonWriter Begin()
    {
        _document?.Dispose();
        _document = null;
        _bytes.ResetWrittenCount();
        Json.Reset();
        Json.WriteStartObject();
        return Json;
    }

    /// <summary>Ends the row.</summary>
    public JsonElement End()
    {
        Json.WriteEndObject();
        Json.Flush();
        _document = JsonDocument.Parse(_bytes.WrittenMemory);
        return _document.RootElement;
    }

    public void Dispose()
    {
        _document?.Dispose();
        Json.Dispose();
    }
}
