namespace AlignSharp.Testing;

/// <summary>
/// Compares text with a file of the repository that somebody has read and approved. With the environment variable
/// ALIGNSHARP_APPROVE=1 the file is rewritten instead; the change is then read in the diff.
/// </summary>
public static class Approved
{
    private const string Rewrite = "ALIGNSHARP_APPROVE";

    /// <summary>Passes when the file holds exactly this text.</summary>
    /// <param name="file">Path below the repository's root, with forward slashes.</param>
    /// <param name="actual">The text; line ends are compared as line feeds.</param>
    /// <exception cref="InvalidOperationException">The texts differ, or the file is missing; the message shows the first line that differs.</exception>
    public static void Matches(string file, string actual)
    {
        ArgumentNullException.ThrowIfNull(actual);
        var path = Path.Combine(Golden.RepositoryRoot, file);
        var found = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, found);
            return;
        }
        if (!File.Exists(path)) throw new InvalidOperationException($"{file} is missing; run the test with {Rewrite}=1 to write it, then read it");
        var approved = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (approved == found) return;
        var (approvedLines, foundLines) = (approved.Split('\n'), found.Split('\n'));
        var line = approvedLines.Zip(foundLines).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new InvalidOperationException(
            $"{file} differs from line {line + 1}:\n  approved: {approvedLines.ElementAtOrDefault(line)}\n  found:    {foundLines.ElementAtOrDefault(line)}\n"
            + $"run the test with {Rewrite}=1 to accept, then read the diff");
    }
}
