namespace AlignSharp.Diagnostics;

/// <summary>Free disk space.</summary>
internal static class FreeSpace
{
    /// <summary>The space, or null when the system does not say.</summary>
    /// <param name="folder">A folder, which need not exist yet.</param>
    public static long? At(string folder)
    {
        try
        {
            var existing = new DirectoryInfo(folder);
            while (!existing.Exists && existing.Parent is { } parent) existing = parent;
            return new DriveInfo(existing.FullName).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A network share on Windows, or a folder that may not be looked at.
            return null;
        }
    }
}
