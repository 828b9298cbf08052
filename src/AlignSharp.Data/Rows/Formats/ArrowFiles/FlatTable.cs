using System.Buffers.Binary;

namespace AlignSharp.Data.Rows.Formats.ArrowFiles;

/// <summary>A table of a flat buffer, in which everything is reached by references that may lead anywhere.</summary>
/// <param name="bytes">The whole buffer.</param>
/// <param name="position">Where the table begins.</param>
internal readonly struct FlatTable(byte[] bytes, int position)
{
    /// <summary>The table that a buffer begins with.</summary>
    public static FlatTable Root(byte[] bytes) => new(bytes, Reference(bytes, 0));

    /// <summary>A table that a field refers to.</summary>
    public FlatTable? Table(int field) => Entry(field) is { } at ? new FlatTable(bytes, Reference(bytes, at)) : null;

    /// <summary>A byte.</summary>
    public byte Byte(int field) => Entry(field) is { } at && at < bytes.Length ? bytes[at] : (byte)0;

    /// <summary>A 64-bit integer.</summary>
    public long Int64(int field) => Entry(field) is { } at && at >= 0 && at <= bytes.Length - sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)) : 0;

    /// <summary>A vector's elements, of which each takes some bytes inside the buffer.</summary>
    /// <exception cref="InvalidDataException">It is longer than the buffer.</exception>
    public (int Start, int Count) Vector(int field, int elementBytes)
    {
        if (Entry(field) is not { } at) return (0, 0);
        var start = Reference(bytes, at);
        var count = Int32(bytes, start);
        return count >= 0 && (long)count * elementBytes <= bytes.Length - start - sizeof(int) ? (start + sizeof(int), count) : throw new InvalidDataException($"a list says to have {count} elements");
    }

    /// <summary>The tables that a vector refers to.</summary>
    public IEnumerable<FlatTable> Tables(int field)
    {
        var (start, count) = Vector(field, sizeof(int));
        for (var i = 0; i < count; i++) yield return new FlatTable(bytes, Reference(bytes, start + sizeof(int) * i));
    }

    /// <summary>A 64-bit integer anywhere.</summary>
    public long Int64At(int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

    // Where a field stands, null where it is absent.
    private int? Entry(int field)
    {
        var layout = checked(position - Int32(bytes, position));
        var entry = 2 * sizeof(short) + sizeof(short) * field;
        if (entry + sizeof(short) > UInt16(bytes, layout)) return null;
        var offset = UInt16(bytes, layout + entry);
        return offset == 0 ? null : position + offset;
    }

    private static int Reference(byte[] bytes, int at) => checked(at + Int32(bytes, at));

    private static int Int32(byte[] bytes, int at) => at >= 0 && at <= bytes.Length - sizeof(int)
        ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at))
        : throw new InvalidDataException("a reference leads outside its message");

    private static ushort UInt16(byte[] bytes, int at) => at >= 0 && at <= bytes.Length - sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at))
        : throw new InvalidDataException("a reference leads outside its message");
}
