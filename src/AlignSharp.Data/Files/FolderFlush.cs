using System.Runtime.InteropServices;

namespace AlignSharp.Data.Files;

/// <summary>Makes the names in a folder durable: on Unix a rename survives a power cut only once its folder was flushed as well.</summary>
public static partial class FolderFlush
{
    /// <summary>
    /// Flushes a folder to the disk. Does nothing on Windows, whose file systems keep a journal of names. File systems that cannot
    /// flush a folder are left as they are: the content was flushed before, and only the name's durability depends on them.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        const int readOnly = 0;
        var descriptor = Open(folder, readOnly);
        if (descriptor < 0) return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
