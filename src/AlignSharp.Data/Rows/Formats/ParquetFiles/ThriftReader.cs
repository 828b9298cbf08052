using System.Buffers.Binary;
using System.Text;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// Reads Thrift's compact protocol and believes nothing: every length is held against the bytes there are, every type against the
/// one that is expected. <see cref="EndOfStreamException"/> says that the bytes end too early, <see cref="InvalidDataException"/> that they are wrong.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _lastField;
    private int _depth;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Begins a struct; the result is for <see cref="Leave"/>.</summary>
    public int Enter()
    {
        if (++_depth > MaxDepth) throw new InvalidDataException("the metadata nests too deeply");
        var outer = _lastField;
        _lastField = 0;
        return outer;
    }

    /// <summary>Ends a struct after its last field.</summary>
    public void Leave(int outer)
    {
        _depth--;
        _lastField = outer;
    }

    /// <summary>Moves to the struct's next field; false after the last.</summary>
    public bool NextField(out int id, out ThriftType type)
    {
        var header = Take(1)[0];
        (id, type) = (0, (ThriftType)(header & 0xF));
        if (header == 0) return false;
        id = header >> 4 == 0 ? (int)ZigZag() : _lastField + (header >> 4);
        _lastField = id;
        return true;
    }

    /// <summary>An integer of 32 bits.</summary>
    public int Int32(ThriftType type) => Require(type, ThriftType.Int32) ? checked((int)ZigZag()) : 0;

    /// <summary>An integer of 64 bits.</summary>
    public long Int64(ThriftType type) => Require(type, ThriftType.Int64) ? ZigZag() : 0;

    /// <summary>An integer of 8 bits.</summary>
    public sbyte Byte(ThriftType type) => Require(type, ThriftType.Byte) ? (sbyte)Take(1)[0] : (sbyte)0;

    /// <summary>A boolean field, whose value is its type.</summary>
    public static bool Boolean(ThriftType type) => type is ThriftType.True || (type is ThriftType.False ? false : throw Unexpected(type, ThriftType.True));

    /// <summary>A text.</summary>
    public string Text(ThriftType type) => Require(type, ThriftType.Binary) ? Encoding.UTF8.GetString(Take(Length())) : "";

    /// <summary>Begins a list of elements of one type; the result is their count, of which each takes at least the given bytes.</summary>
    public int List(ThriftType type, ThriftType element, int leastBytes)
    {
        Require(type, ThriftType.List);
        var (count, found) = ListHeader();
        if (count > 0) Require(found, element);
        return (long)count * leastBytes <= _bytes.Length - Position ? count : throw new EndOfStreamException("a list is longer than the metadata");
    }

    /// <summary>Passes over a value.</summary>
    public void Skip(ThriftType type)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False: break;
            case ThriftType.Byte: Take(1); break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64: Varint(); break;
            case ThriftType.Double: Take(sizeof(double)); break;
            case ThriftType.Binary: Take(Length()); break;
            case ThriftType.List or ThriftType.Set: SkipList(); break;
            case ThriftType.Struct: SkipStruct(); break;
            default: throw new InvalidDataException($"the metadata has a value of the unknown type {(int)type}");
        }
    }

    private void SkipStruct()
    {
        var outer = Enter();
        while (NextField(out _, out var type)) Skip(type);
        Leave(outer);
    }

    private void SkipList()
    {
        var outer = Enter();
        var (count, element) = ListHeader();
        for (var i = 0; i < count; i++)
        {
            // In lists a boolean takes a byte.
            if (element is ThriftType.True or ThriftType.False) Take(1);
            else Skip(element);
        }
        Leave(outer);
    }

    private (int Count, ThriftType Element) ListHeader()
    {
        var header = Take(1)[0];
        var count = header >> 4 == 15 ? Length() : header >> 4;
        return (count, (ThriftType)(header & 0xF));
    }

    private int Length()
    {
        var length = Varint();
        return length <= (ulong)(_bytes.Length - Position) ? (int)length : throw new EndOfStreamException("a length reaches past the metadata's end");
    }

    private long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw new InvalidDataException("the metadata has an integer of more than 64 bits");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - Position) throw new EndOfStreamException("the metadata ends early");
        Position += count;
        return _bytes.Slice(Position - count, count);
    }

    private static bool Require(ThriftType found, ThriftType expected) => found == expected ? true : throw Unexpected(found, expected);

    private static InvalidDataException Unexpected(ThriftType found, ThriftType expected) => new($"the metadata has a value of type {found} where {expected} is expected");
}
