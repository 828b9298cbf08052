using AlignSharp.Data.Rows.Formats;
using ZstdSharp;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// Goes through the headers of a column's pages before the library allocates what they ask for: sizes must fit into the file, the
/// decompressed size must be the one that is declared, and the whole must fit into a limit.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="dataBytes">Length of its part before the footer.</param>
internal sealed class PageScan(Stream file, long dataBytes)
{
    /// <summary>
    /// The most memory that a row group may take. Writers' defaults are far below; files of one huge row group come near.
    /// </summary>
    public const long MaxGroupBytes = 4L << 30;

    private const int Data = 0, Dictionary = 2, DataOfVersion2 = 3;
    private const int Uncompressed = 0, Snappy = 1, Zstd = 6;
    private const int LongestHeader = 16 << 20;
    // An array of its own for each text.
    private const int ArrayBytes = 32;

    private byte[] _buffer = new byte[1 << 12];

    /// <summary>The memory that reading a column takes.</summary>
    /// <exception cref="InvalidDataException">The pages are wrong, or ask for more than there can be.</exception>
    /// <exception cref="NotSupportedException">The library would misread a page.</exception>
    public long Measure(ParquetColumn column, ParquetChunk chunk)
    {
        var (position, left) = (chunk.Offset, chunk.Values);
        if (left < 0 || left * column.EntryBytes > MaxGroupBytes) throw new InvalidDataException($"it says to have {left} values");
        var bytes = left * column.EntryBytes;
        while (left > 0)
        {
            var header = Header(position);
            Check(column.Leaf, header);
            position += header.Length;
            if (header.CompressedBytes > dataBytes - position) throw new InvalidDataException("a page is longer than the file");
            if (chunk.Codec != Uncompressed) CheckDecompressed(chunk.Codec, header, position);
            else if (header.Type != DataOfVersion2 && header.UncompressedBytes > header.CompressedBytes) throw new InvalidDataException("a page that is not compressed has two sizes");
            position += header.CompressedBytes;
            bytes += 2L * header.UncompressedBytes + (header.Type == Dictionary || column.EntryBytes > 16 ? (long)ArrayBytes * Math.Min(header.Values, header.UncompressedBytes) : 0);
            if (bytes > MaxGroupBytes) return bytes;
            if (header.Type != Dictionary) left -= header.Values;
        }
        return left == 0 ? bytes : throw new InvalidDataException("its pages have more values than it says");
    }

    private static void Check(ParquetLeaf leaf, PageHeader header)
    {
        const int runs = 3;
        if (header.Type == Dictionary && header.Values > header.UncompressedBytes * 8L) throw new InvalidDataException("a dictionary says to have more values than bytes");
        // Found wanting in the library: it does not read the first and misreads the second.
        if (header.Type == DataOfVersion2 && leaf.MaxRepetition > 0) throw new NotSupportedException("lists in data pages of version 2 are not read; write the file with data pages of version 1.0");
        if (header.Type != Dictionary && header.Encoding == runs) throw new NotSupportedException("values of the encoding RLE are not read; write the file with data pages of version 1.0");
        if (header.Type == Data && header.Values == 0) throw new InvalidDataException("a page has no values");
    }

    private PageHeader Header(long position)
    {
        for (var length = 256; ; length *= 16)
        {
            var bytes = ReadAt(position, length);
            try
            {
                return PageHeader.Parse(bytes);
            }
            catch (EndOfStreamException) when (bytes.Length == length && length < LongestHeader)
            {
                // Statistics may be long.
            }
        }
    }

    // Only these two decompress into what the data asks for; the others into what the header declares, which is counted.
    private void CheckDecompressed(int codec, PageHeader header, long position)
    {
        if (header.Type == DataOfVersion2 || header.CompressedBytes == 0) return;
        if (codec == Snappy && SnappyLength(ReadAt(position, Math.Min(5, header.CompressedBytes))) != header.UncompressedBytes)
            throw new InvalidDataException("a page decompresses to another size than it says");
        if (codec != Zstd) return;
        // Writers that do not store the size are measured by their blocks, of up to 128 KiB each.
        const int blockBytes = 128 << 10, leastBlocks = 64;
        var bound = Decompressor.GetDecompressedSize(ReadAt(position, header.CompressedBytes));
        if (bound > Math.Max(4UL * (ulong)header.UncompressedBytes, leastBlocks * blockBytes)) throw new InvalidDataException("a page decompresses to far more than it says");
    }

    private static long SnappyLength(ReadOnlySpan<byte> start)
    {
        var length = 0L;
        for (var i = 0; i < start.Length; i++)
        {
            length |= (long)(start[i] & 0x7F) << (7 * i);
            if (start[i] < 0x80) return length;
        }
        return -1;
    }

    private ReadOnlySpan<byte> ReadAt(long position, int length)
    {
        if (position < 0 || position >= dataBytes) throw new InvalidDataException("a page lies outside the file");
        length = (int)Math.Min(length, dataBytes - position);
        if (_buffer.Length < length) _buffer = new byte[length];
        file.Position = position;
        file.ReadExactly(_buffer, 0, length);
        return _buffer.AsSpan(0, length);
    }
}
