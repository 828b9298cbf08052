using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;
using Xunit;
using ZstdSharp;

namespace AlignSharp.Data.Tests.Rows.Formats;

/// <summary>A folder with data files of any format, as long as one test.</summary>
internal sealed class FormatFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string File(string name) => _folder.File(name);

    public string Path => _folder.Path;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file, compressed as its name says.</summary>
    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), Compressed(name, bytes));
        return File(name);
    }

    /// <summary>Writes rows through the writer.</summary>
    public string WriteRows(string name, params string[] rows)
    {
        using var writer = new RowFileWriter(File(name));
        foreach (var row in rows)
        {
            using var document = JsonDocument.Parse(row);
            writer.Write(document.RootElement);
        }
        writer.Complete();
        return File(name);
    }

    public static byte[] Compressed(string name, byte[] bytes)
    {
        using var target = new MemoryStream();
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(bytes);
        }
        else if (name.EndsWith(".zst", StringComparison.Ordinal) || name.EndsWith(".zstd", StringComparison.Ordinal))
        {
            using var zstd = new CompressionStream(target, leaveOpen: true);
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstd.Write(bytes);
        }
        else return bytes;
        return target.ToArray();
    }

    /// <summary>The rows as JSON text behind their numbers.</summary>
    public static string[] Read(string path, int skip = 0, Action<DatasetException>? onBadRow = null) =>
        [.. RowFormats.Read(path, skip, onBadRow).Select(row => $"{row.Source.Row}:{row.Row.GetRawText()}")];

    public static string Fault(string path)
    {
        var message = Assert.Throws<DatasetException>(() => Read(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message[path.Length..];
    }

    public void Dispose() => _folder.Dispose();
}
