using System.Buffers.Binary;

namespace AlignSharp.Data.Rows.Formats.ArrowFiles;

/// <summary>
/// Looks at messages before the library believes them: a schema that leads in a circle would end the process, and a list that claims to be long
/// would take all memory.
/// </summary>
internal sealed class ArrowScan(FileStream file)
{
    private const int MaxMessageBytes = 64 << 20;
    private const int MaxDepth = 32;
    private const int MaxFields = 100_000;
    private const int DictionaryBatch = 2, RecordBatch = 3;

    /// <summary>Whether a file begins with the message of a schema: a mark, or the length in files of the older form.</summary>
    public static bool LooksLikeStream(ReadOnlySpan<byte> start)
    {
        var first = BinaryPrimitives.ReadInt32LittleEndian(start);
        return (first == -1 ? BinaryPrimitives.ReadInt32LittleEndian(start[sizeof(int)..]) : first) is > 8 and <= MaxMessageBytes;
    }

    /// <summary>Checks the schema of a stream.</summary>
    public void CheckStream()
    {
        file.Position = 0;
        var message = FlatTable.Root(NextMessage() ?? throw new InvalidDataException("it has no schema"));
        if (message.Table(2) is { } schema) CheckSchema(schema);
    }

    /// <summary>Checks the schema of a file with a footer, and the headers of all its batches.</summary>
    public void CheckFile()
    {
        const int markBytes = 6, blockBytes = 24;
        file.Position = Math.Max(0, file.Length - markBytes - sizeof(int));
        var length = ReadInt32();
        if (length <= 0 || length > file.Length - markBytes - sizeof(int)) throw new InvalidDataException($"the footer says to have {length} bytes");
        file.Position = file.Length - markBytes - sizeof(int) - length;
        var footer = FlatTable.Root(Read(length));
        if (footer.Table(1) is { } schema) CheckSchema(schema);
        foreach (var field in (int[])[2, 3])
        {
            var (start, count) = footer.Vector(field, blockBytes);
            for (var i = 0; i < count; i++)
            {
                file.Position = footer.Int64At(start + blockBytes * i) is >= 0 and var offset && offset < file.Length ? offset : throw new InvalidDataException("a batch lies outside the file");
                CheckBatch(NextMessage());
            }
        }
    }

    /// <summary>Checks the headers of a stream's messages up to the next record batch, and stands again where it stood.</summary>
    public void CheckNext()
    {
        var start = file.Position;
        for (var isRead = false; !isRead && NextMessage() is { } message;)
        {
            isRead = CheckBatch(message);
            file.Position += FlatTable.Root(message).Int64(3);
        }
        file.Position = start;
    }

    private static void CheckSchema(FlatTable schema)
    {
        var left = MaxFields;
        foreach (var field in schema.Tables(1)) CheckField(field, depth: 0, ref left);
    }

    private static void CheckField(FlatTable field, int depth, ref int left)
    {
        if (depth > MaxDepth) throw new InvalidDataException("the schema nests too deeply");
        if (left-- == 0) throw new InvalidDataException("the schema has too many fields");
        foreach (var child in field.Tables(5)) CheckField(child, depth + 1, ref left);
    }

    // Whether it is a record batch.
    private bool CheckBatch(byte[]? bytes)
    {
        if (bytes is null) throw new InvalidDataException("a batch is missing");
        var message = FlatTable.Root(bytes);
        var kind = message.Byte(1);
        if (message.Int64(3) is var body && (body < 0 || body > file.Length - file.Position)) throw new EndOfStreamException("the file ends inside a batch");
        var batch = kind switch { RecordBatch => message.Table(2), DictionaryBatch => message.Table(2)?.Table(1), _ => null };
        if (batch is not { } lists) return kind == RecordBatch;
        const int nodeBytes = 16, bufferBytes = 16;
        lists.Vector(1, nodeBytes);
        var (start, count) = lists.Vector(2, bufferBytes);
        lists.Vector(4, sizeof(long));
        if (lists.Table(3) is not null) CheckDecompressed(lists, start, count, bufferBytes);
        return kind == RecordBatch;
    }

    // A compressed buffer begins with the size that is allocated for it. No codec makes more of a byte than zstd of its shortest blocks.
    private void CheckDecompressed(FlatTable lists, int start, int count, int bufferBytes)
    {
        const long largestRatio = 128 << 10;
        var body = file.Position;
        Span<byte> size = stackalloc byte[sizeof(long)];
        for (var i = 0; i < count; i++)
        {
            var (offset, length) = (lists.Int64At(start + bufferBytes * i), lists.Int64At(start + bufferBytes * i + sizeof(long)));
            if (length <= sizeof(long)) continue;
            if (offset < 0 || length > file.Length || offset > file.Length - body - length) throw new InvalidDataException("a buffer lies outside its batch");
            file.Position = body + offset;
            file.ReadExactly(size);
            if (BinaryPrimitives.ReadInt64LittleEndian(size) / largestRatio > length) throw new InvalidDataException("a buffer decompresses to more than it can");
        }
        file.Position = body;
    }

    // Null at the end, marked or not.
    private byte[]? NextMessage()
    {
        if (file.Length - file.Position < sizeof(int)) return null;
        var length = ReadInt32();
        if (length == -1) length = ReadInt32();
        return length == 0 ? null : Read(length);
    }

    private int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        file.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private byte[] Read(int length)
    {
        if (length <= 0 || length > MaxMessageBytes) throw new InvalidDataException($"a message says to have {length} bytes");
        if (length > file.Length - file.Position) throw new EndOfStreamException("the file ends inside a message");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
