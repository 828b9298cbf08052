using AlignSharp.Data.Rows;

namespace AlignSharp.Fuzz.Targets;

/// <summary>Files of rows, read in every shape. Their readers take paths, so the bytes go through a file in memory.</summary>
internal static class RowTargets
{
    // One per thread: fuzzers run side by side.
    [ThreadStatic] private static string? _folder;

    /// <summary>A file that has the wrong shape for one reader still goes to the next.</summary>
    public static void Read(byte[] bytes, string ending)
    {
        var path = Path.Combine(_folder ??= CreateFolder(), "input" + ending);
        File.WriteAllBytes(path, bytes);
        Expectations.ResultOrFault(() => ReadAll(PreferenceFiles.Read(path)));
        Expectations.ResultOrFault(() => ReadAll(SftFiles.Read(path)));
        Expectations.ResultOrFault(() => ReadAll(ScoreFiles.Read(path)));
        Expectations.ResultOrFault(() => ReadAll(TextFiles.Corpus(path)));
    }

    private static void ReadAll<T>(IEnumerable<T> rows)
    {
        foreach (var _ in rows) { }
    }

    private static string CreateFolder()
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Directory.CreateDirectory(Path.Combine(root, $"alignsharp-fuzz-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
