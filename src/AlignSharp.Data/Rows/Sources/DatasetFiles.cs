using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>Finds the files of a source: the meaning of <c>dataset_name</c>.</summary>
public static class DatasetFiles
{
    // What datasets write beside the rows.
    private static readonly string[] NotRows = ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];

    /// <summary>
    /// The files that hold a split, in order of their names. A file stands for itself, wildcards for all files that they mean. In a folder the
    /// README.md decides (<c>configs</c>), else the files' names (see <see cref="SplitNames"/>).
    /// </summary>
    /// <param name="part">The source.</param>
    /// <exception cref="ConfigurationException">There is no such path, or no file for the split, or files of several formats.</exception>
    public static IReadOnlyList<string> Resolve(DatasetPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var path = part.Path;
        if (File.Exists(path)) return part.DataDir is null && part.Config is null ? [path] : throw new ConfigurationException($"{path}: is a file, which has neither data_dir nor dataset_config; remove them");
        if (!Directory.Exists(path)) return GlobPattern.IsIn(path) ? Matching(path) : throw Missing(path);
        var splits = Splits(part);
        var split = SplitNames.Canonical(part.Split);
        var files = splits.GetValueOrDefault(part.Split) ?? splits.GetValueOrDefault(split) ?? throw NoSplit(part, splits);
        return OneFormat(part, [.. files.Select(file => Path.Combine(Root(part), file))]);
    }

    /// <summary>Whether a path is that of one data file, there or not.</summary>
    /// <param name="path">Any path.</param>
    public static bool IsFile(string path) => File.Exists(path) || (RowFormats.IsData(path) && !Directory.Exists(path) && !GlobPattern.IsIn(path));

    /// <summary>Whether a source has a split, so that <see cref="Resolve"/> finds it.</summary>
    /// <param name="part">The source.</param>
    public static bool Has(DatasetPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (!Directory.Exists(part.Path)) return false;
        var splits = Splits(part);
        return splits.ContainsKey(part.Split) || splits.ContainsKey(SplitNames.Canonical(part.Split));
    }

    /// <summary>How many rows a split has by the README.md of its folder; null where there is none or it does not say.</summary>
    /// <param name="part">The source.</param>
    public static long? RowsByCard(DatasetPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return Directory.Exists(part.Path) && part.DataDir is null ? DatasetCard.Find(part.Path)?.Rows(part.Config, part.Split) : null;
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> Splits(DatasetPart part)
    {
        IReadOnlyList<string> files = Files(Root(part), part);
        var card = part.DataDir is null ? DatasetCard.Find(part.Path)?.Files(part.Config) : null;
        if (card is not { } named) return part.Config is null || part.DataDir is not null ? SplitNames.Group(files) : throw new ConfigurationException($"{part.Path}: has no README.md with configs, but dataset_config is '{part.Config}'; remove it, or give data_dir");
        if (named.DataDir is { } folder) files = [.. files.Where(file => file.StartsWith(folder.Trim('/', '.') + "/", StringComparison.Ordinal))];
        return named.Patterns.Count == 0 ? SplitNames.Group(files)
            : named.Patterns.ToDictionary(split => split.Key, split => Match(files, split.Value, named.DataDir), StringComparer.Ordinal);
    }

    private static IReadOnlyList<string> Match(IReadOnlyList<string> files, IReadOnlyList<string> patterns, string? folder)
    {
        var globs = patterns.Select(pattern => new GlobPattern(Join(folder, pattern))).ToList();
        return [.. files.Where(file => globs.Any(glob => glob.Matches(file)))];
    }

    private static string Join(string? folder, string pattern)
    {
        var inside = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        return folder is null ? inside : $"{folder.Trim('/', '.')}/{inside}";
    }

    private static string Root(DatasetPart part)
    {
        if (part.DataDir is not { } inside) return part.Path;
        if (Path.IsPathRooted(inside) || inside.Split('/', '\\').Contains("..")) throw new ConfigurationException($"data_dir: '{inside}' leads out of {part.Path}; name a folder inside of it");
        var root = Path.Combine(part.Path, inside);
        return Directory.Exists(root) ? root : throw new ConfigurationException($"data_dir: {part.Path} has no folder '{inside}'; it has {List(Directory.EnumerateDirectories(part.Path).Select(Path.GetFileName))}");
    }

    // Relative to the folder, hidden files and folders left out, as the hub's own tools do.
    private static string[] Files(string root, DatasetPart part)
    {
        try
        {
            string[] files =
            [
                .. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false })
                    .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                    .Where(file => RowFormats.IsData(file) && !NotRows.Contains(Path.GetFileName(file)) && !file.Split('/').Any(name => name.StartsWith('.') || name.StartsWith("__", StringComparison.Ordinal)))
                    .Order(StringComparer.Ordinal),
            ];
            return files.Length > 0 ? files : throw new ConfigurationException($"{part}: the folder holds no data file; expected files that end in {string.Join(", ", RowFormats.Endings)}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{part}: the folder cannot be read: {error.Message}", error);
        }
    }

    private static string[] Matching(string path)
    {
        var pattern = path.Replace('\\', '/');
        var wildcard = pattern.AsSpan().IndexOfAny("*?[");
        var folder = pattern[..(pattern.LastIndexOf('/', wildcard) + 1)];
        var root = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(root)) throw new ConfigurationException($"{path}: there is no folder {root}");
        var glob = new GlobPattern(pattern[folder.Length..]);
        string[] files = [.. Files(root, new DatasetPart(root)).Where(glob.Matches).Select(file => Path.Combine(folder, file))];
        return files.Length > 0 ? files : throw new ConfigurationException($"{path}: no data file has such a name");
    }

    private static IReadOnlyList<string> OneFormat(DatasetPart part, IReadOnlyList<string> files)
    {
        if (files.Count == 0) throw new ConfigurationException($"{part}: the README.md names files for the split '{part.Split}' that are not there; download them again");
        var formats = files.GroupBy(RowFormats.NameOf).ToList();
        return formats.Count == 1 ? files : throw new ConfigurationException(
            $"{part}: the split '{part.Split}' has files of several formats ({List(formats.Select(format => Path.GetFileName(format.First())))}), perhaps the same rows twice; name the files that are meant");
    }

    private static ConfigurationException NoSplit(DatasetPart part, IReadOnlyDictionary<string, IReadOnlyList<string>> splits)
    {
        var folders = Directory.EnumerateDirectories(Root(part)).Select(Path.GetFileName).ToList();
        var advice = part.DataDir is null && folders.Count > 0 ? $"; a folder inside of it ({List(folders)}) is chosen with data_dir" : "";
        return new ConfigurationException($"{part}: no file for the split '{part.Split}'; the folder has the splits {List(splits.Keys)}{advice}");
    }

    private static ConfigurationException Missing(string path) =>
        new($"{path}: no such data file or folder; dataset names of a hub are not downloaded, save the data first and name its folder");

    private static string List(IEnumerable<string?> names)
    {
        const int most = 8;
        var all = names.ToList();
        return string.Join(", ", all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : "");
    }
}
