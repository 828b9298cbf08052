using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Recipes.Pipelines;

/// <summary>Which stages earlier runs of a pipeline began and finished: <c>pipeline-state.json</c> in its folder.</summary>
internal sealed class PipelineState
{
    private const string FileName = "pipeline-state.json";
    private static readonly JsonSerializerOptions Json = new(StrictJson.Options) { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly string _path;
    private readonly Dictionary<string, Entry> _stages;

    private PipelineState(string path, Dictionary<string, Entry> stages) => (_path, _stages) = (path, stages);

    /// <summary>Reads the state of a folder; a folder without one has none.</summary>
    /// <exception cref="ArtifactException">The file is not what its name says.</exception>
    public static PipelineState Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new PipelineState(path, new(StringComparer.Ordinal));
        try
        {
            return new PipelineState(path, JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllBytes(path), Json) ?? new(StringComparer.Ordinal));
        }
        catch (JsonException error)
        {
            throw new ArtifactException($"{path}: not the state of a pipeline: {StrictJson.OneLine(error)}; remove it to run every stage again", error);
        }
    }

    /// <summary>Whether the stage was finished with this fingerprint and its outputs are still there.</summary>
    public bool IsDone(PipelineStage stage, string fingerprint) =>
        _stages.TryGetValue(stage.Name, out var entry) && entry.IsDone && entry.Fingerprint == fingerprint
        && (stage.OutputDir is null || Directory.Exists(stage.OutputDir)) && (stage.StandardOutput is null || File.Exists(stage.StandardOutput));

    /// <summary>Whether the stage's folder is what an earlier run of it made, so that it may be replaced.</summary>
    public bool Made(PipelineStage stage) => _stages.TryGetValue(stage.Name, out var entry) && entry.OutputDir == stage.OutputDir;

    /// <summary>Keeps that a stage has begun or is finished.</summary>
    public void Set(PipelineStage stage, string fingerprint, bool isDone)
    {
        _stages[stage.Name] = new Entry(fingerprint, isDone, stage.OutputDir);
        AtomicFile.WriteText(_path, JsonSerializer.Serialize(_stages, Json) + "\n");
    }

    private sealed record Entry(string Fingerprint, bool IsDone, string? OutputDir);
}
