using System.Text;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>
/// GPT-2's printable stand-in for each byte: 33-126, 161-172 and 174-255 stand for themselves, the other 68 bytes for
/// U+0100 upwards in byte order.
/// </summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] CharacterOfByte = BuildCharacters();
    private static readonly short[] ByteOfCharacter = BuildBytes();

    /// <summary>The stand-in of a byte.</summary>
    public static char ToCharacter(byte value) => CharacterOfByte[value];

    /// <summary>The byte for which a character stands, or false when it is no stand-in.</summary>
    public static bool TryToByte(char character, out byte value)
    {
        var found = character < ByteOfCharacter.Length ? ByteOfCharacter[character] : (short)-1;
        value = (byte)found;
        return found >= 0;
    }

    /// <summary>Writes the stand-ins of a text's UTF-8 bytes.</summary>
    public static void Append(ReadOnlySpan<char> text, StringBuilder output)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                output.Append(CharacterOfByte[rune.Value]);
                continue;
            }
            var count = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..count]) output.Append(CharacterOfByte[value]);
        }
    }

    private static char[] BuildCharacters()
    {
        var characters = new char[256];
        var standIn = 256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            characters[value] = (char)(printable ? value : standIn++);
        }
        return characters;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[CharacterOfByte.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++) bytes[CharacterOfByte[value]] = (short)value;
        return bytes;
    }
}
