using System.Text.RegularExpressions;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>
/// Tells the splits of a folder from the names of its files, as Hugging Face's datasets does: shards (<c>test-00000-of-00003</c>), else words
/// in folders' names, else words in files' names, else everything is train.
/// </summary>
internal static partial class SplitNames
{
    /// <summary>Words that mean a split; whole words, between the separators - . _ space / and digits.</summary>
    private static readonly (string Split, string[] Words)[] Keywords =
    [
        ("train", ["train", "training"]),
        ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    private static readonly Dictionary<string, Regex> Words = Keywords.SelectMany(split => split.Words)
        .ToDictionary(word => word, word => new Regex($"(?:^|[-._ 0-9/]){word}(?:[-._ 0-9/]|$)", RegexOptions.CultureInvariant));

    /// <summary>The name by which a split goes that a user calls by one of its words: <c>valid</c> is validation.</summary>
    public static string Canonical(string split) => Array.Find(Keywords, keyword => keyword.Words.Contains(split, StringComparer.Ordinal)).Split ?? split;

    /// <summary>The files of each split, in order of their names.</summary>
    /// <param name="files">Paths relative to the folder, with '/' between folders.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Group(IReadOnlyList<string> files)
    {
        var shards = files.Where(file => Shard().IsMatch(file)).ToLookup(file => Shard().Match(file).Groups["split"].Value, StringComparer.Ordinal);
        if (shards.Count > 0) return shards.ToDictionary(split => split.Key, split => (IReadOnlyList<string>)[.. split], StringComparer.Ordinal);
        return ByWord(files, file => Path.GetDirectoryName(file)!.Replace('\\', '/')) ?? ByWord(files, file => Path.GetFileName(file)) ?? new Dictionary<string, IReadOnlyList<string>> { ["train"] = files };
    }

    private static Dictionary<string, IReadOnlyList<string>>? ByWord(IReadOnlyList<string> files, Func<string, string> part)
    {
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (split, words) in Keywords)
        {
            string[] members = [.. files.Where(file => words.Any(word => Words[word].IsMatch(part(file))))];
            if (members.Length > 0) found[split] = members;
        }
        return found.Count > 0 ? found : null;
    }

    [GeneratedRegex(@"(?:^|/)(?<split>[^/]+?)-\d{5}-of-\d{5}[^/]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
