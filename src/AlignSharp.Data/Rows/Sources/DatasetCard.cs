using AlignSharp.Data.Faults;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>What the YAML in front of a dataset's README.md says of its files: configurations, their splits, and how many rows those have.</summary>
internal sealed class DatasetCard
{
    private readonly string _path;
    private readonly IReadOnlyList<YamlMappingNode> _configs;
    private readonly IReadOnlyList<YamlMappingNode> _infos;

    private DatasetCard(string path, YamlMappingNode root)
    {
        _path = path;
        _configs = Mappings(root, "configs");
        _infos = Mappings(root, "dataset_info");
    }

    /// <summary>The names of the configurations.</summary>
    public IReadOnlyList<string> Configs => [.. _configs.Select(Name)];

    /// <summary>Reads the card of a folder; null where there is none.</summary>
    /// <exception cref="ConfigurationException">Its YAML cannot be read.</exception>
    public static DatasetCard? Find(string folder)
    {
        var path = Path.Combine(folder, "README.md");
        return File.Exists(path) && FrontMatter(path) is { } yaml ? new DatasetCard(path, Parse(path, yaml)) : null;
    }

    /// <summary>The folder and the patterns of each split; null where the card names no files.</summary>
    /// <param name="config">A configuration's name; null is the default one.</param>
    /// <exception cref="ConfigurationException">There is no such configuration, or several and none is the default.</exception>
    public (string? DataDir, IReadOnlyDictionary<string, IReadOnlyList<string>> Patterns)? Files(string? config)
    {
        if (_configs.Count == 0) return config is null ? null : throw new ConfigurationException($"{_path}: names no configurations, but dataset_config is '{config}'; remove it, or give data_dir");
        var chosen = config is not null ? _configs.FirstOrDefault(entry => Name(entry) == config) ?? throw Unknown(config)
            : _configs.FirstOrDefault(entry => Scalar(entry, "default") is "true" or "True") ?? _configs.FirstOrDefault(entry => Name(entry) == "default")
            ?? (_configs.Count == 1 ? _configs[0] : throw new ConfigurationException($"{_path}: has the configurations {string.Join(", ", Configs)} and no default; choose one with dataset_config"));
        var (folder, files) = (Scalar(chosen, "data_dir"), Child(chosen, "data_files"));
        return files is null ? (folder, new Dictionary<string, IReadOnlyList<string>>()) : (folder, Patterns(files));
    }

    /// <summary>How many rows a split has by the card; null where it does not say.</summary>
    public long? Rows(string? config, string split)
    {
        var info = config is null && _infos.Count == 1 ? _infos[0] : _infos.FirstOrDefault(entry => Scalar(entry, "config_name") == (config ?? "default"));
        return info is not null && Mappings(info, "splits").FirstOrDefault(entry => Scalar(entry, "name") == split) is { } found && long.TryParse(Scalar(found, "num_examples"), out var rows) ? rows : null;
    }

    private static Dictionary<string, IReadOnlyList<string>> Patterns(YamlNode files)
    {
        if (files is YamlSequenceNode list && list.Children.All(child => child is YamlMappingNode))
            return list.Children.Cast<YamlMappingNode>().ToDictionary(entry => Scalar(entry, "split") ?? "train", entry => Texts(Child(entry, "path")));
        return files is YamlMappingNode splits ? splits.Children.ToDictionary(split => ((YamlScalarNode)split.Key).Value!, split => Texts(split.Value)) : new() { ["train"] = Texts(files) };
    }

    private static string Name(YamlMappingNode config) => Scalar(config, "config_name") ?? "default";

    private static IReadOnlyList<YamlMappingNode> Mappings(YamlMappingNode parent, string key) => Child(parent, key) switch
    {
        YamlMappingNode one => [one],
        YamlSequenceNode several => [.. several.Children.OfType<YamlMappingNode>()],
        _ => [],
    };

    private static YamlNode? Child(YamlMappingNode parent, string key) => parent.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Scalar(YamlMappingNode parent, string key) => (Child(parent, key) as YamlScalarNode)?.Value;

    private static IReadOnlyList<string> Texts(YamlNode? node) => node switch
    {
        YamlScalarNode { Value: { } text } => [text],
        YamlSequenceNode list => [.. list.Children.OfType<YamlScalarNode>().Select(item => item.Value!)],
        _ => [],
    };

    private static string? FrontMatter(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            if (reader.ReadLine()?.TrimEnd() != "---") return null;
            var lines = new List<string>();
            while (reader.ReadLine() is { } line && line.TrimEnd() != "---") lines.Add(line);
            return string.Join('\n', lines);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: the dataset's card cannot be read: {error.Message}", error);
        }
    }

    private static YamlMappingNode Parse(string path, string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode root ? root : [];
        }
        catch (Exception error) when (error is YamlException or ArgumentException)
        {
            throw new ConfigurationException($"{path}: the YAML in front of the card cannot be read: {error.Message.ReplaceLineEndings(" ")}; mend it, or remove the card", error);
        }
    }

    private ConfigurationException Unknown(string config) => new($"{_path}: there is no configuration '{config}'; expected {string.Join(", ", Configs)}");
}
