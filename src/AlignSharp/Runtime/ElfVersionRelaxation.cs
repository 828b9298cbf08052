using System.Buffers.Binary;
using System.Text;

namespace AlignSharp.Runtime;

/// <summary>
/// Makes one symbol version that a shared library needs optional, so that the library loads where the system's C++ library is
/// too old to offer that version. Only for a version whose single symbol is undefined and never bound: the change is then
/// without effect on what the code does. 64-bit little-endian ELF.
/// </summary>
internal static class ElfVersionRelaxation
{
    private const uint StringTable = 3, Rela = 4, Rel = 9, DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, VersionIndices = 0x6fffffff;
    private const int SymbolSize = 24, RelaSize = 24, RelSize = 16;
    private const ushort WeakVersion = 0x2;
    private const int WeakBinding = 2;

    /// <summary>Marks the version need as weak (VER_FLG_WEAK) and its only symbol as weak (STB_WEAK).</summary>
    /// <param name="image">Bytes of the library; not changed.</param>
    /// <param name="version">Name of the version, for example <c>GLIBCXX_3.4.32</c>.</param>
    /// <param name="symbol">Name of the only symbol that may have that version.</param>
    /// <returns>A changed copy of the same length.</returns>
    /// <exception cref="InvalidDataException">The image is no such ELF file, is cut or inconsistent, lacks the version or the symbol,
    /// defines the symbol, has another symbol of that version, or has a relocation that names the symbol.</exception>
    internal static byte[] Relax(ReadOnlySpan<byte> image, string version, string symbol)
    {
        var sections = ReadSections(image);
        var (flagsAt, versionIndex) = FindVersionNeed(image, sections, version);
        var (symbolIndex, infoAt) = FindOnlySymbol(image, sections, versionIndex, version, symbol);
        RequireUnrelocated(image, sections, symbolIndex, symbol);

        var relaxed = image.ToArray();
        var flags = U16(relaxed, flagsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(relaxed.AsSpan(flagsAt), (ushort)(flags | WeakVersion));
        relaxed[infoAt] = (byte)((WeakBinding << 4) | (relaxed[infoAt] & 0xF));
        return relaxed;
    }

    private static Section[] ReadSections(ReadOnlySpan<byte> image)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8)) throw new InvalidDataException("not a 64-bit little-endian ELF file");
        var tableAt = Offset(image, 0x28);
        int entrySize = U16(image, 0x3A), count = U16(image, 0x3C);
        if (entrySize != 64 || count == 0) throw new InvalidDataException($"{count} section headers of {entrySize} bytes; expected some of 64");
        _ = Part(image, tableAt, (long)entrySize * count);
        var sections = new Section[count];
        for (var i = 0; i < count; i++)
        {
            var at = tableAt + i * entrySize;
            sections[i] = new Section(U32(image, at + 4), U64(image, at + 24), U64(image, at + 32), U32(image, at + 40), U32(image, at + 44));
        }
        return sections;
    }

    /// <summary>Walks .gnu.version_r; returns where the flags of the version stand and its index.</summary>
    private static (int FlagsAt, ushort Index) FindVersionNeed(ReadOnlySpan<byte> image, Section[] sections, string version)
    {
        var needs = Only(sections, VersionNeeds, "version needs");
        var names = Linked(sections, needs, StringTable);
        var found = (FlagsAt: -1, Index: (ushort)0);
        var needAt = Start(image, needs);
        for (var file = 0u; file < needs.Info; file++)
        {
            var auxiliaryAt = Advance(needAt, U32(image, needAt + 8));
            var count = U16(image, needAt + 2);
            for (var i = 0; i < count; i++)
            {
                if (NameEquals(image, names, U32(image, auxiliaryAt + 8), version))
                {
                    if (found.FlagsAt >= 0) throw new InvalidDataException($"the version {version} is needed twice");
                    found = (auxiliaryAt + 4, U16(image, auxiliaryAt + 6));
                }
                auxiliaryAt = Advance(auxiliaryAt, U32(image, auxiliaryAt + 12));
            }
            needAt = Advance(needAt, U32(image, needAt + 12));
        }
        return found.FlagsAt >= 0 ? found : throw new InvalidDataException($"the version {version} is not needed");
    }

    private static (int Index, int InfoAt) FindOnlySymbol(ReadOnlySpan<byte> image, Section[] sections, ushort versionIndex, string version, string symbol)
    {
        var symbols = Only(sections, DynamicSymbols, "dynamic symbols");
        var names = Linked(sections, symbols, StringTable);
        var indices = Only(sections, VersionIndices, "version indices");
        var symbolsAt = Start(image, symbols);
        var indicesAt = Start(image, indices);
        var count = (int)(symbols.Size / SymbolSize);
        if (indices.Size / 2 < (ulong)count) throw new InvalidDataException("fewer version indices than dynamic symbols");

        var found = (Index: -1, InfoAt: 0);
        for (var i = 0; i < count; i++)
        {
            if ((U16(image, indicesAt + 2 * i) & 0x7FFF) != versionIndex) continue;
            var at = symbolsAt + i * SymbolSize;
            if (found.Index >= 0 || !NameEquals(image, names, U32(image, at), symbol))
                throw new InvalidDataException($"the version {version} has another symbol than {symbol}");
            if (U16(image, at + 6) != 0) throw new InvalidDataException($"the symbol {symbol} is defined in the file");
            found = (i, at + 4);
        }
        return found.Index >= 0 ? found : throw new InvalidDataException($"the symbol {symbol} of version {version} is missing");
    }

    private static void RequireUnrelocated(ReadOnlySpan<byte> image, Section[] sections, int symbolIndex, string symbol)
    {
        foreach (var section in sections)
        {
            if (section.Type is not (Rela or Rel)) continue;
            var entrySize = section.Type == Rela ? RelaSize : RelSize;
            var start = Start(image, section);
            for (var at = start; at < start + (int)section.Size; at += entrySize)
                if (U64(image, at + 8) >> 32 == (ulong)symbolIndex)
                    throw new InvalidDataException($"a relocation names the symbol {symbol}");
        }
    }

    private static Section Only(Section[] sections, uint type, string what)
    {
        var matching = sections.Where(section => section.Type == type).ToArray();
        return matching.Length == 1 ? matching[0] : throw new InvalidDataException($"{matching.Length} sections of {what}; expected 1");
    }

    private static Section Linked(Section[] sections, Section section, uint type) =>
        section.Link < sections.Length && sections[section.Link].Type == type
            ? sections[section.Link]
            : throw new InvalidDataException("a section links to no string table");

    private static bool NameEquals(ReadOnlySpan<byte> image, Section names, uint at, string expected)
    {
        var table = Part(image, (long)names.Offset, (long)names.Size);
        if (at >= (uint)table.Length) throw new InvalidDataException("a name lies outside of the string table");
        var name = table[(int)at..];
        var length = name.IndexOf((byte)0);
        if (length < 0) throw new InvalidDataException("a name does not end");
        return name[..length].SequenceEqual(Encoding.ASCII.GetBytes(expected));
    }

    /// <summary>Where a section begins, once it is known to lie wholly inside the image.</summary>
    private static int Start(ReadOnlySpan<byte> image, Section section)
    {
        _ = Part(image, (long)section.Offset, (long)section.Size);
        return (int)section.Offset;
    }

    private static int Advance(int at, uint distance)
    {
        var next = at + (long)distance;
        return next <= int.MaxValue - 64 ? (int)next : throw new InvalidDataException("an entry lies outside of the file");
    }

    private static int Offset(ReadOnlySpan<byte> image, int at)
    {
        var value = U64(image, at);
        return value <= (ulong)image.Length ? (int)value : throw new InvalidDataException("the section headers lie outside of the file");
    }

    private static ushort U16(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(Part(image, at, 2));

    private static uint U32(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt32LittleEndian(Part(image, at, 4));

    private static ulong U64(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt64LittleEndian(Part(image, at, 8));

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> image, long at, long length) =>
        at >= 0 && length >= 0 && at <= image.Length && length <= image.Length - at
            ? image.Slice((int)at, (int)length)
            : throw new InvalidDataException($"the file is cut: {length} bytes are expected at {at}, the file has {image.Length}");

    private readonly record struct Section(uint Type, ulong Offset, ulong Size, uint Link, uint Info);
}
