using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;
using AlignSharp.Data.Faults;

namespace AlignSharp.Checkpoints;

/// <summary>
/// The header of a safetensors file. Reading is strict: besides what the reference implementation refuses, duplicate keys and
/// anything before the opening brace are refused, because readers disagree about their meaning.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>Longest header that the format allows, in bytes.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    /// <summary>Bytes of the length field before the header.</summary>
    public const int LengthBytes = 8;

    private SafetensorsHeader(IReadOnlyList<TensorEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataStart)
    {
        Entries = entries;
        Metadata = metadata;
        DataStart = dataStart;
    }

    /// <summary>The tensors in the order of their data; they cover it without holes or overlaps.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>The <c>__metadata__</c> of the file; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Offset of the data in the file.</summary>
    public long DataStart { get; }

    /// <summary>Parses and checks a header. Allocates no more than a small multiple of the header's bytes.</summary>
    /// <param name="start">The start of the file: at least the length field and the header, or the whole file where it is shorter.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <param name="file">Name of the file for messages.</param>
    /// <exception cref="ArtifactException">The header breaks a rule of the format; the message names the file and the tensor.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> start, long fileLength, string file = "safetensors")
    {
        var json = HeaderBytes(start, fileLength, file);
        var dataStart = LengthBytes + json.Length;
        if (json.Length == 0 || json[0] != (byte)'{') throw Refuse(file, "the header does not start with '{'");
        if (!Utf8.IsValid(json)) throw Refuse(file, "the header is not valid UTF-8");
        try
        {
            var (entries, metadata) = new HeaderParser(file).Parse(json);
            CheckTiling(entries, fileLength - dataStart, file);
            return new SafetensorsHeader(entries, metadata, dataStart);
        }
        catch (JsonException error)
        {
            throw Refuse(file, $"the header is not valid JSON at byte {error.BytePositionInLine}", error);
        }
    }

    private static ReadOnlySpan<byte> HeaderBytes(ReadOnlySpan<byte> start, long fileLength, string file)
    {
        if (fileLength < LengthBytes || start.Length < LengthBytes) throw Refuse(file, $"the file has {fileLength} bytes, fewer than the {LengthBytes} of the length field");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        // A clone without Git LFS holds a few lines of text, "version https://git-lfs...", where the weights should be.
        if (start.StartsWith("version "u8)) throw Refuse(file, "a Git LFS pointer stands here instead of the weights (git lfs pull fetches them)");
        if (length > MaxHeaderBytes) throw Refuse(file, $"the header claims {length} bytes, more than the {MaxHeaderBytes} that the format allows");
        if ((long)length > fileLength - LengthBytes) throw Refuse(file, $"the header claims {length} bytes, but the file has {fileLength}: it was cut short");
        return start.Slice(LengthBytes, (int)length);
    }

    private static void CheckTiling(List<TensorEntry> entries, long dataBytes, string file)
    {
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end || entry.End < entry.Begin)
                throw Refuse(file, $"tensor '{entry.Name}' has the offsets [{entry.Begin}, {entry.End}], but must begin at {end}: offsets overlap, leave a hole or run backwards");
            CheckSize(entry, file);
            end = entry.End;
        }
        if (end == dataBytes) return;
        var reason = end > dataBytes ? "the file was cut short" : "bytes follow the last tensor";
        throw Refuse(file, $"the tensors need {end} bytes of data, the file has {dataBytes}: {reason}");
    }

    private static void CheckSize(TensorEntry entry, string file)
    {
        var bits = (long)SafetensorsDtype.Find(entry.Dtype)!.Bits;
        try
        {
            var elements = 1L;
            foreach (var dimension in entry.Shape) elements = checked(elements * dimension);
            bits = checked(elements * bits);
        }
        catch (OverflowException error)
        {
            throw Refuse(file, $"tensor '{entry.Name}' has a shape whose size overflows: [{string.Join(", ", entry.Shape)}]", error);
        }
        if (bits % 8 != 0) throw Refuse(file, $"tensor '{entry.Name}' of {entry.Dtype} does not fill whole bytes ({bits} bits)");
        if (bits / 8 != entry.Bytes)
            throw Refuse(file, $"tensor '{entry.Name}' of {entry.Dtype} [{string.Join(", ", entry.Shape)}] needs {bits / 8} bytes, its offsets give {entry.Bytes}");
    }

    internal static ArtifactException Refuse(string file, string what, Exception? inner = null) =>
        new($"{file}: {what}; get the file again from its source.", inner);
}
