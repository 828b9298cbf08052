using System.IO.MemoryMappedFiles;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace AlignSharp.Runtime;

/// <summary>
/// Zeroed memory that the system may write out to a disk when other memory is short: a shared mapping of a temporary file. On Linux and macOS the file
/// has lost its name before it is used, and on Windows it goes with its last handle, so that nothing is left however the process ends.
/// </summary>
internal sealed unsafe class PagedMemory : IDisposable
{
    // .NET reports a size that cannot be reserved without the system's error number.
    private const int Unspecified = unchecked((int)0x80131620);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeMemoryMappedViewHandle _handle;

    /// <summary>Reserves the space on the disk and maps it.</summary>
    /// <param name="folder">Where the file is made; created if it is missing.</param>
    /// <param name="bytes">Size, above 0.</param>
    /// <param name="purpose">What the memory is for, as messages call it.</param>
    /// <exception cref="DiskFullException">The disk has less room.</exception>
    /// <exception cref="ConfigurationException">The folder may not be written to.</exception>
    public PagedMemory(string folder, long bytes, string purpose)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var room = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
            if (room < bytes) throw NoRoom(folder, bytes, purpose, $"{room:N0} bytes are free", null);
            _file = MemoryMappedFile.CreateFromFile(Unnamed(folder, bytes), mapName: null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        }
        catch (IOException error) when (AtomicFile.IsDiskFull(error) || error.HResult == Unspecified)
        {
            throw NoRoom(folder, bytes, purpose, error.Message, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new ConfigurationException($"{folder}: no permission to write {purpose} there; choose a folder that this user may write to.", error);
        }
        _view = _file.CreateViewAccessor(0, bytes);
        _handle = _view.SafeMemoryMappedViewHandle;
        byte* address = null;
        _handle.AcquirePointer(ref address);
        Address = (nint)address;
    }

    /// <summary>The first byte, at a page's start.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static FileStream Unnamed(string folder, long bytes)
    {
        var path = Path.Combine(folder, $"{AtomicFile.TemporaryPrefix}{Guid.NewGuid():N}");
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            PreallocationSize = bytes,
            Options = FileOptions.DeleteOnClose,
        });
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return stream;
    }

    private static DiskFullException NoRoom(string folder, long bytes, string purpose, string found, Exception? inner) =>
        new($"{folder}: no space left for {bytes:N0} bytes of {purpose}: {found}; free space or choose a folder on another disk.", inner);
}
