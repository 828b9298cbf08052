using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Finds the file of a split: the meaning of <c>dataset_name</c>.</summary>
public static class SplitFiles
{
    /// <summary>File names that mean the same split, as the Hugging Face hub reads them.</summary>
    private static readonly string[][] Synonyms =
    [
        ["train", "training"],
        ["test", "testing", "eval", "evaluation"],
        ["validation", "valid", "dev", "val"],
    ];

    /// <summary>
    /// The file that holds a split. A file stands for itself. In a folder it is <c>{split}.jsonl</c> or <c>{split}.json</c>, where
    /// train, test and validation are also found under their synonyms: training; testing, eval, evaluation; valid, dev, val.
    /// </summary>
    /// <param name="nameOrFolder">Path of a file or a folder.</param>
    /// <param name="split">Name of the split; has no meaning for a file.</param>
    /// <exception cref="ConfigurationException">There is no such path, no file for the split, or more than one.</exception>
    public static string Resolve(string nameOrFolder, string split)
    {
        if (File.Exists(nameOrFolder)) return nameOrFolder;
        if (!Directory.Exists(nameOrFolder))
            throw new ConfigurationException($"{nameOrFolder}: no such data file or folder; dataset names of a hub are not downloaded, save the data as .jsonl first.");
        var found = Candidates(nameOrFolder, split);
        if (found.Count == 1) return found[0];
        var names = string.Join(", ", found.Select(Path.GetFileName));
        throw new ConfigurationException(found.Count == 0
            ? $"{nameOrFolder}: no file for the split '{split}'; expected {split}.jsonl or {split}.json."
            : $"{nameOrFolder}: several files for the split '{split}' ({names}); name one of them.");
    }

    /// <summary>Whether a path has exactly one file for a split, so that <see cref="Resolve"/> finds it.</summary>
    /// <param name="nameOrFolder">Path of a file or a folder.</param>
    /// <param name="split">Name of the split.</param>
    public static bool Has(string nameOrFolder, string split) =>
        File.Exists(nameOrFolder) || (Directory.Exists(nameOrFolder) && Candidates(nameOrFolder, split).Count == 1);

    private static List<string> Candidates(string folder, string split)
    {
        if (split.AsSpan().ContainsAny('/', '\\')) throw new ConfigurationException($"The split '{split}' is a path; name the file itself as the dataset instead.");
        var names = Array.Find(Synonyms, s => s.Contains(split, StringComparer.Ordinal)) ?? [split];
        return [.. names.SelectMany(n => new[] { $"{n}.jsonl", $"{n}.json" }).Select(n => Path.Combine(folder, n)).Where(File.Exists)];
    }
}
