namespace AlignSharp.Fuzz;

/// <summary>The inputs from which mutations start.</summary>
internal static class Seeds
{
    /// <summary>The committed ones, beside the program.</summary>
    public static string Folder(string target) => Path.Combine(AppContext.BaseDirectory, "corpus", target);

    /// <summary>All files of a folder, in the order of their names, so that runs repeat.</summary>
    public static IReadOnlyList<byte[]> Read(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>One of the committed ones.</summary>
    public static byte[] Named(string target, string file) => File.ReadAllBytes(Path.Combine(Folder(target), file));
}
