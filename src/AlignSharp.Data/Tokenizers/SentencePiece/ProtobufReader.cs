using System.Buffers.Binary;
using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.SentencePiece;

/// <summary>Walks the fields of a protobuf message. Every length is checked against what is there before it is used.</summary>
internal ref struct ProtobufReader
{
    private static readonly UTF8Encoding Strict = new(false, true);
    private readonly ReadOnlySpan<byte> _message;
    private readonly string _file;
    private int _position;
    private int _wireType;

    /// <summary>Begins at the first field.</summary>
    /// <param name="message">The message.</param>
    /// <param name="file">The file as messages name it.</param>
    public ProtobufReader(ReadOnlySpan<byte> message, string file)
    {
        _message = message;
        _file = file;
    }

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Moves to the next field; its value must then be read or skipped.</summary>
    public bool Next()
    {
        if (_position == _message.Length) return false;
        var key = Varint();
        Field = (int)Math.Min(key >> 3, int.MaxValue);
        _wireType = (int)(key & 7);
        return Field > 0 ? true : throw Damaged("a field number is 0");
    }

    /// <summary>The value of a varint field.</summary>
    public long Integer()
    {
        Expect(0);
        return (long)Varint();
    }

    /// <summary>The value of a Boolean field.</summary>
    public bool Flag() => Integer() != 0;

    /// <summary>The value of a float field.</summary>
    public float Float()
    {
        Expect(5);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The value of a bytes or message field.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(2);
        return Take(Varint());
    }

    /// <summary>The value of a string field.</summary>
    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException error)
        {
            throw new ArtifactException($"{_file}: not a SentencePiece model (a text near byte {_position} is not UTF-8); download the file again", error);
        }
    }

    /// <summary>Passes over the value of a field.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Take(Varint()); break;
            case 5: Take(4); break;
            default: throw Damaged($"wire type {_wireType}");
        }
    }

    private void Expect(int wireType)
    {
        if (_wireType != wireType) throw Damaged($"field {Field} has wire type {_wireType}, expected {wireType}");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_message.Length - _position)) throw Damaged($"a field of {length} bytes where {_message.Length - _position} are left");
        var bytes = _message.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position == _message.Length) throw Damaged("it ends inside a number");
            var part = _message[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw Damaged("a number is longer than 64 bits");
    }

    private readonly ArtifactException Damaged(string what)
        => new($"{_file}: not a SentencePiece model, or damaged ({what}, near byte {_position}); download the file again");
}
