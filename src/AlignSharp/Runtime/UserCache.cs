namespace AlignSharp.Runtime;

/// <summary>The folder where AlignSharp keeps what it can make again.</summary>
public static class UserCache
{
    /// <summary>The environment variable that names another cache folder.</summary>
    public const string Variable = "ALIGNSHARP_CACHE";

    /// <summary>
    /// Full path of the cache folder, which need not exist: <c>ALIGNSHARP_CACHE</c> if set, else <c>alignsharp</c> below
    /// <c>XDG_CACHE_HOME</c> or <c>~/.cache</c> (Linux), <c>~/Library/Caches</c> (macOS) or the local application data (Windows).
    /// </summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return Path.GetFullPath(named);
            return Path.Combine(PlatformFolder(), "alignsharp");
        }
    }

    private static string PlatformFolder()
    {
        if (OperatingSystem.IsWindows()) return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

        // DoNotVerify: a home folder that does not exist yet is still this user's; the shared temporary folder is the last resort.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (home.Length == 0) home = Path.Combine(Path.GetTempPath(), Environment.UserName);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Caches");

        // The XDG specification: a relative path is to be ignored.
        var xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.IsPathRooted(xdg) ? xdg : Path.Combine(home, ".cache");
    }
}
