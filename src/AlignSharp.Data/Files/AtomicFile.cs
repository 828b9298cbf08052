using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Files;

/// <summary>
/// Writes files so that a reader finds the old content or the new one, never a part: the bytes go to a temporary name in the
/// same folder, are flushed to the disk, and the file is renamed over its target.
/// </summary>
public static class AtomicFile
{
    /// <summary>What the names of unfinished files start with; such files may be deleted when no run uses the folder.</summary>
    public const string TemporaryPrefix = ".tmp-";

    private const int UnixNoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Writes a file through a callback. When anything fails the target stays as it was and the temporary file is removed.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="write">Writes the content to the stream and leaves it open.</param>
    /// <param name="expectedBytes">
    /// The file's size where it is known, 0 otherwise. It is reserved first, so that a full disk shows before anything is written.
    /// </param>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    /// <exception cref="ConfigurationException">The folder is missing or may not be written to.</exception>
    public static void Write(string path, Action<Stream> write, long expectedBytes = 0)
    {
        using var draft = new FileDraft(path, expectedBytes);
        draft.Write(write);
        draft.Complete();
    }

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <inheritdoc cref="Write"/>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="text">The whole content; a lone surrogate is refused.</param>
    public static void WriteText(string path, string text)
    {
        var bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetBytes(text);
        Write(path, stream => stream.Write(bytes), bytes.Length);
    }

    /// <summary>Whether an error of a write says that a disk or a quota is full.</summary>
    /// <param name="error">The error.</param>
    public static bool IsDiskFull(IOException error)
    {
        const int linuxQuota = 122, macQuota = 69, windowsHandleDiskFull = unchecked((int)0x80070027);
        return OperatingSystem.IsWindows()
            ? error.HResult is WindowsDiskFull or windowsHandleDiskFull
            : error.HResult == UnixNoSpace || error.HResult == (OperatingSystem.IsMacOS() ? macQuota : linuxQuota);
    }
}
