using System.IO.Compression;
using ZstdSharp;

namespace AlignSharp.Data.Rows.Formats;

/// <summary>The compressions that may be wrapped around text formats, told by the last ending of a path.</summary>
internal static class Compression
{
    private const string Gzip = ".gz";

    /// <summary>The endings.</summary>
    public static IReadOnlyList<string> Endings { get; } = [Gzip, ".zst", ".zstd"];

    /// <summary>A path without the ending of a compression.</summary>
    public static string Inner(string path) => Of(path) is { } ending ? path[..^ending.Length] : path;

    /// <summary>The compression as the rest of a format's name.</summary>
    public static string Suffix(string path) => Of(path) switch { null => "", Gzip => ", gzip", _ => ", zstd" };

    /// <summary>A stream of the uncompressed content, which owns the given one.</summary>
    public static Stream Reading(string path, Stream content) => Of(path) is null ? content : new SealedStream(content, seal => Writing(path, seal), sealedContent => Decompressing(path, sealedContent));

    /// <summary>A stream that compresses into the given one and leaves it open when it is disposed, or that one itself.</summary>
    public static Stream Writing(string path, Stream content) => Of(path) switch
    {
        null => content,
        Gzip => new GZipStream(content, CompressionLevel.Optimal, leaveOpen: true),
        _ => ZstdWriting(content),
    };

    /// <summary>Whether an error of a stream says that the compressed data is damaged or ends early.</summary>
    public static bool IsDamage(Exception error) => error is InvalidDataException or EndOfStreamException or ZstdException;

    // Without a checksum, which is not the default, damage may go unseen.
    private static CompressionStream ZstdWriting(Stream content)
    {
        var stream = new CompressionStream(content, leaveOpen: true);
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return stream;
    }

    private static Stream Decompressing(string path, Stream content) => Of(path) == Gzip
        ? new GZipStream(content, CompressionMode.Decompress)
        : new DecompressionStream(content, leaveOpen: false);

    private static string? Of(string path) => Endings.FirstOrDefault(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
