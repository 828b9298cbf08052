using System.Security.Cryptography;
using AlignSharp.Data.Faults;

namespace AlignSharp.Runtime;

/// <summary>
/// The copy of TorchSharp's Linux library that loads beside a C++ library older than GLIBCXX_3.4.32. It is made once, from a file
/// whose contents are known, and kept in a cache folder; whatever lies there is verified by its hash before it is used, so that
/// processes that start together, or are killed while writing, cannot hurt one another.
/// </summary>
internal static class RelaxedLibrary
{
    /// <summary>The version that older systems lack.</summary>
    internal const string Version = "GLIBCXX_3.4.32";

    /// <summary>The only symbol of that version: undefined and never relocated.</summary>
    internal const string Symbol = "_ZSt21ios_base_library_initv";

    /// <summary>SHA-256 of libLibTorchSharp.so in TorchSharp 0.107.0, runtimes/linux-x64/native.</summary>
    internal const string OriginalSha256 = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8";

    /// <summary>SHA-256 of the relaxed copy of that file.</summary>
    internal const string RelaxedSha256 = "05878b81850037cd6ca5647af7787de81dab51d3480856db5e272048f5fc7b7c";

    /// <summary>Returns the relaxed copy in a cache folder, making it first if there is none that is whole.</summary>
    /// <param name="original">Full path of TorchSharp's library.</param>
    /// <param name="cacheFolder">The cache folder; created when missing.</param>
    /// <returns>Full path of a file whose hash is <see cref="RelaxedSha256"/>.</returns>
    /// <exception cref="ConfigurationException">The original is not the file of TorchSharp 0.107.0.</exception>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache folder cannot be written.</exception>
    internal static string Ensure(string original, string cacheFolder)
    {
        var folder = Path.Combine(cacheFolder, "native", OriginalSha256[..16]);
        var target = Path.Combine(folder, Path.GetFileName(original));
        if (IsWhole(target)) return target;

        var relaxed = Make(original);
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".tmp-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            WriteDurably(temporary, relaxed);
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return target;
    }

    /// <summary>Makes the relaxed bytes from the original file.</summary>
    /// <exception cref="ConfigurationException">The original is not the file of TorchSharp 0.107.0.</exception>
    internal static byte[] Make(string original)
    {
        var image = File.ReadAllBytes(original);
        var found = Sha256(image);
        if (found != OriginalSha256)
            throw new ConfigurationException($"{original} needs {Version}, which this system's C++ library lacks, and cannot be relaxed: its SHA-256 is {found[..16]}..., expected {OriginalSha256[..16]}... of TorchSharp 0.107.0; restore the package again or install a newer libstdc++.");
        return ElfVersionRelaxation.Relax(image, Version, Symbol);
    }

    private static bool IsWhole(string file)
    {
        try
        {
            return File.Exists(file) && Sha256(File.ReadAllBytes(file)) == RelaxedSha256;
        }
        catch (IOException)
        {
            // Unreadable, or replaced by another process at this moment: make it again.
            return false;
        }
    }

    private static void WriteDurably(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = bytes.Length });
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
