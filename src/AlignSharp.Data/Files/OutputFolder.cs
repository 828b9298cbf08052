using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Files;

/// <summary>Checks a folder that results will be written to, before any work is done.</summary>
public static class OutputFolder
{
    /// <summary>
    /// Creates the folder where it is missing and proves that files can be written there. A symbolic link is refused: results would
    /// land, and old ones be removed, somewhere else than the path says.
    /// </summary>
    /// <param name="path">The folder as the user gave it.</param>
    /// <exception cref="ConfigurationException">The path is a link or a file, or cannot be created or written to.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public static void Prepare(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new ConfigurationException("The output folder is empty; name a folder.");
        var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (folder.LinkTarget is not null)
            throw new ConfigurationException($"{path}: the output folder is a symbolic link to {folder.LinkTarget}; name the real folder.");
        if (File.Exists(folder.FullName)) throw new ConfigurationException($"{path}: a file stands where the output folder should be; name another folder or move the file.");
        try
        {
            folder.Create();
            var probe = Path.Combine(folder.FullName, $"{AtomicFile.TemporaryPrefix}{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
        }
        catch (IOException error) when (AtomicFile.IsDiskFull(error))
        {
            throw new DiskFullException($"{path}: no space left in the output folder; free space or choose another.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: the output folder cannot be written to: {error.Message}", error);
        }
    }
}
