using System.Security.Cryptography;
using System.Text;
using AlignSharp.Data.Files;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes.Pipelines;

/// <summary>What a stage's result depends on: its words, its configuration, and the content of every file and folder that either names.</summary>
internal static class StageFingerprint
{
    /// <summary>The fingerprint of a stage as things stand now.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="cancellation">Checked between files.</param>
    public static string Of(PipelineStage stage, CancellationToken cancellation)
    {
        List<string> lines = [.. stage.Words];
        var paths = new SortedSet<string>(stage.Words.Select(word => word.StartsWith("--", StringComparison.Ordinal) ? word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..] : word), StringComparer.Ordinal);
        if (stage.ConfigFile is { } config && File.Exists(config))
            foreach (var setting in ConfigurationSource.FromFile(config)) paths.Add(setting.Value.Text);
        foreach (var path in paths)
        {
            if (path.Length == 0 || path == stage.OutputDir) continue;
            if (File.Exists(path)) lines.Add($"{path} {FileHash.Sha256([path], cancellation)}");
            else if (Directory.Exists(path)) lines.Add($"{path} {FolderHash(path, cancellation)}");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }

    private static string FolderHash(string folder, CancellationToken cancellation)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var names = string.Join('\n', files.Select(file => Path.GetRelativePath(folder, file)));
        return $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)))} {(files.Count == 0 ? "" : FileHash.Sha256(files, cancellation))}";
    }
}
