using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>Cuts the elements out of one JSON array without holding more than one of them.</summary>
internal sealed class JsonArrayReader(Stream stream, string path) : IDisposable
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end;
    private bool _atEnd, _isInside, _markSkipped;
    // One level more than a row may have.
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 65 });

    /// <summary>The current element; valid until the next call of <see cref="Next"/>.</summary>
    public ReadOnlyMemory<byte> Element { get; private set; }

    /// <summary>1-based number of the current element.</summary>
    public int Number { get; private set; }

    /// <summary>The first byte that is no white space, 0 where there is none. A reader that was asked this has no elements.</summary>
    public byte First()
    {
        while (!_atEnd)
        {
            Fill();
            var text = _buffer.AsSpan(_start, _end - _start);
            var at = text.IndexOfAnyExcept(" \t\r\n"u8);
            if (at >= 0) return text[at];
            _start = _end;
        }
        return 0;
    }

    /// <summary>Moves to the next element; false after the last.</summary>
    /// <exception cref="DatasetException">The array is not valid JSON, or an element is too large.</exception>
    public bool Next()
    {
        try
        {
            while (true)
            {
                if (TryNext() is { } found) return found;
                if (_end - _start >= LineReader.MaxBytes) throw new DatasetException($"{path}:{Number + 1}: the row is longer than {LineReader.MaxBytes >> 20} MiB; is the file really an array of rows?");
                Fill();
            }
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{path}: not valid JSON after row {Number}: {StrictJson.OneLine(error)}; expected an array of rows in UTF-8.", error);
        }
    }

    public void Dispose() => stream.Dispose();

    // Null asks for more bytes.
    private bool? TryNext()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _atEnd, _state);
        if (!_isInside)
        {
            if (!reader.Read()) return null;
            _isInside = true;
            Keep(ref reader);
            reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _atEnd, _state);
        }
        if (!reader.Read()) return null;
        if (reader.TokenType == JsonTokenType.EndArray) return End(ref reader);
        var at = (int)reader.TokenStartIndex;
        if (!reader.TrySkip()) return null;
        Element = _buffer.AsMemory(_start + at, (int)reader.BytesConsumed - at);
        Number++;
        Keep(ref reader);
        return true;
    }

    // What follows the array must be white space.
    private bool? End(ref Utf8JsonReader reader)
    {
        if (!_atEnd) return null;
        reader.Read();
        return false;
    }

    private void Keep(ref Utf8JsonReader reader)
    {
        _state = reader.CurrentState;
        _start += (int)reader.BytesConsumed;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _atEnd = read == 0;
        if (_markSkipped || (_end < 3 && !_atEnd)) return;
        _markSkipped = true;
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8)) _start = 3;
    }
}
