namespace AlignSharp.Testing;

/// <summary>Finds the golden data of the repository (<c>tests/golden</c>) and files outside of it that a test may use when present.</summary>
public static class Golden
{
    /// <summary>Root of the checkout: the folder that holds <c>AlignSharp.slnx</c>.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Full path of a golden file or folder, for example <c>trl/model_a</c>.</summary>
    /// <param name="relative">Path below <c>tests/golden</c>, with forward slashes.</param>
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(RepositoryRoot, "tests", "golden", relative);
        if (!File.Exists(path) && !Directory.Exists(path)) throw new FileNotFoundException($"Golden data is missing: {path}");
        return path;
    }

    /// <summary>A file of the optional <c>shared/third-party</c> folder beside the checkout, or null when it is absent.</summary>
    /// <param name="relative">Path below <c>shared/third-party</c>.</param>
    public static string? ThirdParty(string relative)
    {
        var path = System.IO.Path.Combine(RepositoryRoot, "..", "shared", "third-party", relative);
        return File.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AlignSharp.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No AlignSharp.slnx above {AppContext.BaseDirectory}");
    }
}
