using System.Buffers;
using System.Text;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>Writes Thrift's compact protocol.</summary>
internal sealed class ThriftWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Stack<int> _outer = new();
    private int _lastField;

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void Begin()
    {
        _outer.Push(_lastField);
        _lastField = 0;
    }

    public void End()
    {
        Byte(0);
        _lastField = _outer.Pop();
    }

    public void Int32(int id, int value) => Number(id, ThriftType.Int32, value);

    public void Int64(int id, long value) => Number(id, ThriftType.Int64, value);

    public void Text(int id, string value)
    {
        Field(id, ThriftType.Binary);
        Text(value);
    }

    /// <summary>An element of a list of texts.</summary>
    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Varint((ulong)bytes.Length);
        _bytes.Write(bytes);
    }

    /// <summary>The header of a list field; its elements follow.</summary>
    public void List(int id, ThriftType element, int count)
    {
        Field(id, ThriftType.List);
        Byte(0xF0 | (int)element);
        Varint((ulong)count);
    }

    /// <summary>Begins a struct field.</summary>
    public void Begin(int id)
    {
        Field(id, ThriftType.Struct);
        Begin();
    }

    private void Number(int id, ThriftType type, long value)
    {
        Field(id, type);
        Varint((ulong)((value << 1) ^ (value >> 63)));
    }

    // Ids ascend by less than 16 in everything that is written here.
    private void Field(int id, ThriftType type)
    {
        Byte((id - _lastField) << 4 | (int)type);
        _lastField = id;
    }

    private void Byte(int value)
    {
        _bytes.GetSpan(1)[0] = (byte)value;
        _bytes.Advance(1);
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((int)(value & 0x7F) | 0x80);
        Byte((int)value);
    }
}
