namespace AlignSharp.Data.Rows.Formats;

/// <summary>
/// Decompresses and notices when the end is missing, which .NET's own streams take for the end of the content: a seal, compressed by itself, is
/// put behind the file. Both formats go on with what follows a complete part, so the seal comes out last, or the file was cut off.
/// </summary>
internal sealed class SealedStream : ForwardStream
{
    private static readonly byte[] Seal = [0x9E, 0x02, 0xC7, 0xFF, 0x41, 0x00, 0x6B, 0xD8, 0x13, 0xAF, 0x55, 0xEE, 0x70, 0x98, 0x2C, 0xB4, 0x0A, 0xF1, 0x36, 0x84, 0xDB, 0x5F, 0x27, 0xC9];

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start, _end;

    /// <summary>Wraps a compressed stream, which it owns.</summary>
    /// <param name="compressed">The file.</param>
    /// <param name="compress">Compresses into a stream and leaves it open.</param>
    /// <param name="decompress">Decompresses a stream and owns it.</param>
    public SealedStream(Stream compressed, Func<Stream, Stream> compress, Func<Stream, Stream> decompress)
        : base(decompress(new Appended(compressed, Compressed(compress))))
    {
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        // The last bytes are kept back until it is known whether they are the seal.
        while (_end - _start <= Seal.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = Source.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            if (read > 0) continue;
            return _buffer.AsSpan(0, _end).SequenceEqual(Seal) ? 0 : throw new EndOfStreamException("the end is missing");
        }
        var count = Math.Min(buffer.Length, _end - _start - Seal.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private static byte[] Compressed(Func<Stream, Stream> compress)
    {
        using var seal = new MemoryStream();
        using (var target = compress(seal)) target.Write(Seal);
        return seal.ToArray();
    }

    /// <summary>A stream and then some bytes.</summary>
    private sealed class Appended(Stream first, byte[] then) : ForwardStream(first)
    {
        private int _position;

        public override int Read(Span<byte> buffer)
        {
            if (Source.Read(buffer) is > 0 and var read) return read;
            var count = Math.Min(buffer.Length, then.Length - _position);
            then.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }
    }
}
