using System.Buffers.Binary;
using System.Text;

namespace AlignSharp.Tests.Runtime;

/// <summary>
/// A tiny shared library that needs two versions of one file: "V_1" for the symbol "used" and "V_2" for the symbol "unused",
/// with one relocation. Every section starts at a fixed offset, so that tests can break one field.
/// </summary>
internal static class SyntheticElf
{
    internal const int SymbolsAt = 0x100, NamesAt = 0x180, IndicesAt = 0x200, NeedsAt = 0x240, RelocationsAt = 0x2C0, SectionsAt = 0x300;
    internal const int FlagsOfV2At = NeedsAt + 32 + 4, InfoOfUnusedAt = SymbolsAt + 2 * 24 + 4, SectionOfUnusedAt = SymbolsAt + 2 * 24 + 6;
    internal const int RelocatedSymbolAt = RelocationsAt + 12, VersionOfUsedAt = IndicesAt + 2, NamedStringOfV2At = NeedsAt + 32 + 8;
    private const string Names = "\0used\0unused\0V_1\0V_2\0libfile.so\0";

    internal static byte[] Create()
    {
        var image = new byte[SectionsAt + 6 * 64];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        U64(image, 0x28, SectionsAt);
        U16(image, 0x3A, 64);
        U16(image, 0x3C, 6);
        Encoding.ASCII.GetBytes(Names).CopyTo(image, NamesAt);

        U32(image, SymbolsAt + 24, NameAt("used"));
        image[SymbolsAt + 24 + 4] = 0x12; // global function
        U32(image, SymbolsAt + 48, NameAt("unused"));
        image[InfoOfUnusedAt] = 0x12;
        U16(image, VersionOfUsedAt, 2);
        U16(image, IndicesAt + 4, 3);

        U16(image, NeedsAt, 1);
        U16(image, NeedsAt + 2, 2); // two versions
        U32(image, NeedsAt + 4, NameAt("libfile.so"));
        U32(image, NeedsAt + 8, 16);
        Version(image, NeedsAt + 16, 2, "V_1", next: 16);
        Version(image, NeedsAt + 32, 3, "V_2", next: 0);
        U32(image, RelocatedSymbolAt, 1); // the upper half of r_info is the symbol

        Section(image, 1, type: 11, SymbolsAt, size: 72, link: 2, info: 1);
        Section(image, 2, type: 3, NamesAt, size: Names.Length, link: 0, info: 0);
        Section(image, 3, type: 0x6fffffff, IndicesAt, size: 6, link: 1, info: 0);
        Section(image, 4, type: 0x6ffffffe, NeedsAt, size: 48, link: 2, info: 1);
        Section(image, 5, type: 4, RelocationsAt, size: 24, link: 1, info: 0);
        return image;
    }

    private static uint NameAt(string name) => (uint)Names.IndexOf($"\0{name}\0", StringComparison.Ordinal) + 1;

    private static void Version(byte[] image, int at, ushort index, string name, uint next)
    {
        U16(image, at + 6, index);
        U32(image, at + 8, NameAt(name));
        U32(image, at + 12, next);
    }

    private static void Section(byte[] image, int index, uint type, int offset, int size, uint link, uint info)
    {
        var at = SectionsAt + index * 64;
        U32(image, at + 4, type);
        U64(image, at + 24, (ulong)offset);
        U64(image, at + 32, (ulong)size);
        U32(image, at + 40, link);
        U32(image, at + 44, info);
    }

    internal static void U16(byte[] image, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), value);

    internal static void U32(byte[] image, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);

    internal static void U64(byte[] image, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(at), value);
}
