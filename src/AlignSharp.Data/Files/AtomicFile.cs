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

    private const int BufferBytes = 1 << 20;
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
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target) ?? throw new ArgumentException($"{path} names no file.", nameof(path));
        var temporary = Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():N}");
        try
        {
            WriteThrough(temporary, write, expectedBytes);
            File.Move(temporary, target, overwrite: true);
            FolderFlush.Flush(folder);
        }
        catch (IOException error) when (IsDiskFull(error))
        {
            var size = expectedBytes > 0 ? $" ({expectedBytes:N0} bytes)" : "";
            throw new DiskFullException($"{path}: no space left to write it{size}; free space or choose another output folder.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new ConfigurationException($"{path}: no permission to write it; choose a folder that this user may write to.", error);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new ConfigurationException($"{path}: its folder does not exist; create {folder} first.", error);
        }
        finally
        {
            // After the rename the name is gone and this does nothing.
            if (Directory.Exists(folder)) File.Delete(temporary);
        }
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

    private static void WriteThrough(string temporary, Action<Stream> write, long expectedBytes)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = BufferBytes,
            PreallocationSize = expectedBytes,
        };
        using var stream = Reserve(temporary, options);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static FileStream Reserve(string temporary, FileStreamOptions options)
    {
        // .NET reports a size that cannot be reserved without the system's error number.
        const int unspecified = unchecked((int)0x80131620);
        try
        {
            return new FileStream(temporary, options);
        }
        catch (IOException error) when (options.PreallocationSize > 0 && error.HResult == unspecified)
        {
            throw new IOException(error.Message, OperatingSystem.IsWindows() ? WindowsDiskFull : UnixNoSpace);
        }
    }
}
