using System.Text.RegularExpressions;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes.Pipelines;

/// <summary>
/// Reads a pipeline file: <c>output_dir</c>, <c>stages</c> (a mapping of names to commands' keys) and <c>scales</c> (named sets of keys that replace them).
/// <c>${output_dir}</c> and <c>${stage.key}</c> stand for what an earlier stage was given.
/// </summary>
public static partial class PipelineReader
{
    private const string Command = "command", Config = "config", Only = "only", Stdout = "stdout", Positional = "file";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; the configurations that it names stand beside it, other relative paths resolve against the current directory.</param>
    /// <param name="scale">One of the file's scales, or null.</param>
    /// <exception cref="ConfigurationException">The file is no pipeline, or names what it does not have.</exception>
    public static Pipeline Read(string path, string? scale)
    {
        var settings = ConfigurationSource.FromFile(path).ToDictionary(setting => setting.Key, StringComparer.Ordinal);
        foreach (var (key, setting) in settings)
            if (key is not ("output_dir" or "stages" or "scales")) throw new ConfigurationException($"{setting.Source.Position}: {key} is not known; a pipeline has output_dir, stages and scales");
        var overrides = Scale(path, settings, scale);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var outputDir = Text(overrides, "output_dir") ?? (settings.TryGetValue("output_dir", out var given) ? given.Value.Text : throw new ConfigurationException($"{path}: output_dir is missing; the pipeline keeps its state there"));
        known["output_dir"] = outputDir;
        if (!settings.TryGetValue("stages", out var stages) || stages.Value.Entries.Count == 0) throw new ConfigurationException($"{path}: stages is missing; expected a mapping of names to commands");
        if (overrides?.Entries.Keys.FirstOrDefault(name => name != "output_dir" && !stages.Value.Entries.ContainsKey(name)) is { } stray)
            throw new ConfigurationException($"{path}: the scale {scale} has the stage {stray}, which stages does not have");
        var made = new List<PipelineStage>();
        foreach (var (name, value) in stages.Value.Entries)
        {
            if (!StageName().IsMatch(name)) throw new ConfigurationException($"{path}: '{name}' is no name for a stage; use letters, digits and underscores");
            var keys = Merged(value, overrides is not null && overrides.Entries.TryGetValue(name, out var more) ? more : null);
            if (keys.TryGetValue(Only, out var only) && only.Text != scale) continue;
            made.Add(Stage(path, name, keys, known));
        }
        return made.Count > 0 ? new Pipeline(path, outputDir, made) : throw new ConfigurationException($"{path}: no stage is left{(scale is null ? "; each has 'only', so give --scale" : "")}");
    }

    private static ConfigurationValue? Scale(string path, Dictionary<string, Setting> settings, string? scale)
    {
        if (scale is null) return null;
        var scales = settings.TryGetValue("scales", out var given) ? given.Value.Entries : new Dictionary<string, ConfigurationValue>();
        return scales.TryGetValue(scale, out var found) ? found
            : throw new ConfigurationException($"{path}: there is no scale '{scale}'{(scales.Count > 0 ? $"; it has {string.Join(", ", scales.Keys)}" : "")}");
    }

    private static string? Text(ConfigurationValue? map, string key) => map is not null && map.Entries.TryGetValue(key, out var value) ? value.Text : null;

    private static Dictionary<string, ConfigurationValue> Merged(ConfigurationValue stage, ConfigurationValue? scale)
    {
        var keys = new Dictionary<string, ConfigurationValue>(StringComparer.Ordinal);
        foreach (var (key, value) in stage.Entries.Concat(scale?.Entries ?? new Dictionary<string, ConfigurationValue>())) keys[key.Replace('-', '_')] = value;
        return keys;
    }

    private static PipelineStage Stage(string path, string name, Dictionary<string, ConfigurationValue> keys, Dictionary<string, string> known)
    {
        string Resolved(string text) => Reference().Replace(text, match => known.TryGetValue(match.Groups["name"].Value, out var value) ? value
            : throw new ConfigurationException($"{path}: stage {name}: {match.Value} names nothing that comes before it; there are {string.Join(", ", known.Keys.Select(key => $"${{{key}}}"))}"));
        var words = new List<string>(keys.TryGetValue(Command, out var command) ? command.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [name]);
        string? configFile = null, stdout = null;
        var positional = new List<string>();
        foreach (var (key, value) in keys)
        {
            if (key is Command or Only || value.Shape == ValueShape.Null) continue;
            string[] texts = value.Shape == ValueShape.List ? [.. value.Items.Select(item => Resolved(item.Text))] : [Resolved(value.Text)];
            if (key == Config) texts[0] = configFile = Path.Combine(Path.GetDirectoryName(path) ?? "", texts[0]);
            known[$"{name}.{key}"] = texts[0];
            if (key == Stdout) stdout = texts[0];
            else if (key == Positional) positional.AddRange(texts);
            else foreach (var text in texts) words.Add($"--{key}={text}");
        }
        return new PipelineStage(name, [.. words, .. positional], configFile, known.GetValueOrDefault($"{name}.output_dir"), stdout);
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z0-9_.]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex("^[A-Za-z0-9_]+$", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();
}
