namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// A Parquet file's data followed by a footer of our own writing. The library reads only this: its own reader of footers never
/// ends on some damaged ones and loses its place in newer ones. Reading past the end throws, as its readers of headers do not look for it.
/// </summary>
/// <param name="file">The file; stays open.</param>
/// <param name="dataBytes">Length of its part before the footer.</param>
/// <param name="tail">The footer, its length and the mark.</param>
internal sealed class ParquetBytes(FileStream file, long dataBytes, byte[] tail) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => dataBytes + tail.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (Position < 0 || Position >= Length) throw new EndOfStreamException("a part of the file reaches past its end");
        int read;
        if (Position >= dataBytes)
        {
            var rest = tail.AsSpan((int)(Position - dataBytes));
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }
        else
        {
            if (file.Position != Position) file.Position = Position;
            read = file.Read(buffer[..(int)Math.Min(buffer.Length, dataBytes - Position)]);
        }
        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        ReadExactly(one);
        return one[0];
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
