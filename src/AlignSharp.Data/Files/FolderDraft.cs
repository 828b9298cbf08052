using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Files;

/// <summary>
/// A new folder that appears under its name only when it is complete: it is filled under a temporary name beside it and renamed at
/// the end. Disposing it before <see cref="Complete"/> leaves nothing.
/// </summary>
public sealed class FolderDraft : IDisposable
{
    private readonly string _target, _named;
    private readonly bool _existed;
    private bool _isComplete;

    private FolderDraft(string named, string target, string draft, bool existed) => (_named, _target, Path, _existed) = (named, target, draft, existed);

    /// <summary>The folder to fill.</summary>
    public string Path { get; }

    /// <summary>Begins a folder.</summary>
    /// <param name="path">The folder as the user gave it; it must not exist, or be empty: nothing is ever replaced.</param>
    /// <exception cref="ConfigurationException">It holds something, is a link or a file, or cannot be created or written to.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public static FolderDraft Begin(string path)
    {
        var existed = Directory.Exists(path);
        OutputFolder.Prepare(path);
        if (Directory.EnumerateFileSystemEntries(path).Any())
            throw new ConfigurationException($"{path}: the output folder holds files already, and this command replaces none; name a new folder or remove this one");
        var target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var draft = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target) ?? target, $"{AtomicFile.TemporaryPrefix}{System.IO.Path.GetFileName(target)}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(draft);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: the folder is filled beside its place, which cannot be written to: {error.Message}", error);
        }
        return new FolderDraft(path, target, draft, existed);
    }

    /// <summary>Gives the folder its name.</summary>
    /// <exception cref="ConfigurationException">Meanwhile something else was put into its place.</exception>
    public void Complete()
    {
        try
        {
            FolderFlush.Flush(Path);
            if (Directory.Exists(_target)) Directory.Delete(_target);
            Directory.Move(Path, _target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{_named}: the complete folder cannot take its place: {error.Message}; name another folder", error);
        }
        _isComplete = true;
        FolderFlush.Flush(System.IO.Path.GetDirectoryName(_target)!);
    }

    /// <summary>Removes what is not complete.</summary>
    public void Dispose()
    {
        if (_isComplete) return;
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        if (!_existed && Directory.Exists(_target) && !Directory.EnumerateFileSystemEntries(_target).Any()) Directory.Delete(_target);
    }
}
