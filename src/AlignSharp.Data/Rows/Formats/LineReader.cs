using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>Splits a stream into lines of bytes, so that bad UTF-8 is found on its line instead of being replaced.</summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    /// <summary>
    /// Longest line, and with it the most that one row may take: far above any row that a model can read, far below what hurts. A file
    /// without line ends, or a decompression bomb, ends here.
    /// </summary>
    public const int MaxBytes = 64 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end;
    private bool _atEnd;

    /// <summary>The current line without its line feed; valid until the next call of <see cref="Next"/>.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>1-based number of the current line.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the current line ends with the file instead of a line feed.</summary>
    public bool IsUnended { get; private set; }

    /// <summary>Moves to the next line; false after the last.</summary>
    /// <exception cref="DatasetException">A line is longer than allowed.</exception>
    public bool Next(string path)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0) return Take(searched + length, skipped: 1);
            searched = _end - _start;
            if (_atEnd) return searched > 0 && Take(searched, skipped: 0);
            if (searched >= MaxBytes) throw new DatasetException($"{path}:{Number + 1}: the line is longer than {MaxBytes >> 20} MiB; is the file really a row a line?");
            Fill();
        }
    }

    public void Dispose() => stream.Dispose();

    private bool Take(int length, int skipped)
    {
        Line = _buffer.AsMemory(_start, length);
        IsUnended = skipped == 0;
        Number++;
        _start += length + skipped;
        return true;
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
    }
}
