using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Files whose rows are scored.</summary>
public static class ScoreFiles
{
    /// <summary>Reads a file's rows one after the other, in the shape of <see cref="Registry.Score"/> that its first row shows.</summary>
    /// <param name="path">A <c>.jsonl</c> or <c>.json</c> file.</param>
    /// <exception cref="ConfigurationException">The file is missing or of another format.</exception>
    /// <exception cref="DatasetException">A row is bad, or there is none; thrown when it is reached.</exception>
    public static IEnumerable<ScoreExample> Read(string path) => RowFiles.Read(path, Registry.Score);
}
