using System.Security.Cryptography;

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
}
