using System.Security.Cryptography;
using System.Text;

namespace AlignSharp.Data.Files;

/// <summary>Hashes of whole files, for manifests and for finding changed inputs.</summary>
public static class FileHash
{
    /// <summary>SHA-256 of a file's content as 64 lower-case hex digits; reads it as a stream.</summary>
    /// <param name="path">An existing file.</param>
    public static string Sha256(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>
    /// One SHA-256 over several files, by name and content in the given order, whatever folder they are in: the hash of the lines that
    /// <c>sha256sum</c> prints in that folder.
    /// </summary>
    /// <param name="paths">Existing files.</param>
    /// <param name="cancellation">Checked between files.</param>
    public static string Sha256(IEnumerable<string> paths, CancellationToken cancellation = default)
    {
        var lines = new StringBuilder();
        foreach (var path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            lines.Append(Sha256(path)).Append("  ").Append(Path.GetFileName(path)).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }
}
