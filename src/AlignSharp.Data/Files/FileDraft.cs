using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Files;

/// <summary>
/// A file that is being written under a temporary name beside its target. Only <see cref="Complete"/> gives it the target's name, after its bytes have
/// reached the disk; a draft that is disposed without it leaves the target as it was.
/// </summary>
public sealed class FileDraft : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int UnixNoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private readonly string _path, _target, _folder, _temporary;
    private readonly long _expectedBytes;
    private readonly FileStream _content;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="expectedBytes">
    /// The file's size where it is known, 0 otherwise. It is reserved first, so that a full disk shows before anything is written.
    /// </param>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    /// <exception cref="ConfigurationException">The folder is missing or may not be written to.</exception>
    public FileDraft(string path, long expectedBytes = 0)
    {
        (_path, _expectedBytes) = (path, expectedBytes);
        _target = Path.GetFullPath(path);
        _folder = Path.GetDirectoryName(_target) ?? throw new ArgumentException($"{path} names no file.", nameof(path));
        _temporary = Path.Combine(_folder, $"{AtomicFile.TemporaryPrefix}{Guid.NewGuid():N}");
        FileStream? content = null;
        try
        {
            Run(() => content = Reserve());
        }
        catch
        {
            Remove();
            throw;
        }
        _content = content!;
    }

    /// <summary>Writes through a callback, so that a full disk or a missing permission becomes the fault that says so.</summary>
    /// <param name="write">Writes to the stream and leaves it open.</param>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    /// <exception cref="ConfigurationException">The folder may not be written to.</exception>
    public void Write(Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Run(() => write(_content));
    }

    /// <summary>Flushes the file to the disk and renames it over its target.</summary>
    /// <exception cref="DiskFullException">The disk or the quota is full.</exception>
    /// <exception cref="ConfigurationException">The folder may not be written to.</exception>
    public void Complete() => Run(() =>
    {
        _content.Flush(flushToDisk: true);
        _content.Dispose();
        File.Move(_temporary, _target, overwrite: true);
        FolderFlush.Flush(_folder);
    });

    /// <summary>Removes the temporary file of a draft that was not completed.</summary>
    public void Dispose()
    {
        try
        {
            _content.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is not wanted any more.
        }
        Remove();
    }

    // After the rename the name is gone and this does nothing.
    private void Remove()
    {
        if (Directory.Exists(_folder)) File.Delete(_temporary);
    }

    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (IOException error) when (AtomicFile.IsDiskFull(error))
        {
            var size = _expectedBytes > 0 ? $" ({_expectedBytes:N0} bytes)" : "";
            throw new DiskFullException($"{_path}: no space left to write it{size}; free space or choose another output folder.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new ConfigurationException($"{_path}: no permission to write it; choose a folder that this user may write to.", error);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new ConfigurationException($"{_path}: its folder does not exist; create {_folder} first.", error);
        }
    }

    private FileStream Reserve()
    {
        // .NET reports a size that cannot be reserved without the system's error number.
        const int unspecified = unchecked((int)0x80131620);
        try
        {
            return new FileStream(_temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = BufferBytes,
                PreallocationSize = _expectedBytes,
            });
        }
        catch (IOException error) when (_expectedBytes > 0 && error.HResult == unspecified)
        {
            throw new IOException(error.Message, OperatingSystem.IsWindows() ? WindowsDiskFull : UnixNoSpace);
        }
    }
}
