using System.Buffers.Binary;
using System.Text;

namespace AlignSharp.Data.Tests.Tokenizers;

/// <summary>Writes small SentencePiece models, field by field.</summary>
internal sealed class SentencePieceFile
{
    public const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6;
    private readonly List<byte> _pieces = [];

    public int ModelType { get; init; } = 2;

    public bool ByteFallback { get; init; } = true;

    public bool AddDummyPrefix { get; init; } = true;

    public bool RemoveExtraWhitespaces { get; init; }

    public byte[] CharsMap { get; init; } = [];

    /// <summary>A model like Llama's: control pieces, all bytes, then merges before the single characters they need.</summary>
    public static SentencePieceFile Tiny() => new SentencePieceFile().AddTinyPieces();

    public SentencePieceFile AddTinyPieces()
    {
        Add("<unk>", 0, Unknown).Add("<s>", 0, Control).Add("</s>", 0, Control);
        if (ByteFallback) for (var value = 0; value < 256; value++) Add($"<0x{value:X2}>", 0, Byte);
        var score = 0;
        foreach (var piece in (string[])["▁▁", "▁a", "he", "ll", "▁he", "llo", "▁hello", "lo", "▁w", "or", "é▁"]) Add(piece, -score++, Normal);
        foreach (var piece in (string[])["▁", "a", "h", "e", "l", "o", "w", "r", "d", "é", "<", ">", "s", "/"]) Add(piece, -score++, Normal);
        return this;
    }

    public SentencePieceFile Add(string text, float score, int type)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(number, score);
        byte[] piece = [.. Field(1, Encoding.UTF8.GetBytes(text)), 2 << 3 | 5, .. number, .. Field(3, type)];
        _pieces.AddRange(Field(1, piece));
        return this;
    }

    public byte[] Write() =>
    [
        .. _pieces,
        .. Field(2, [.. Field(3, ModelType), .. Field(35, ByteFallback ? 1 : 0)]),
        .. Field(3, [.. Field(1, "identity"u8.ToArray()), .. Field(2, CharsMap), .. Field(3, AddDummyPrefix ? 1 : 0), .. Field(4, RemoveExtraWhitespaces ? 1 : 0), .. Field(5, 1)]),
    ];

    private static byte[] Field(int number, int value) => [.. Varint(number << 3), .. Varint(value)];

    private static byte[] Field(int number, byte[] content) => [.. Varint(number << 3 | 2), .. Varint(content.Length), .. content];

    private static List<byte> Varint(int value)
    {
        var bytes = new List<byte>();
        for (var rest = (uint)value; ; rest >>= 7)
        {
            bytes.Add((byte)(rest >= 0x80 ? rest & 0x7F | 0x80 : rest));
            if (rest < 0x80) return bytes;
        }
    }
}
