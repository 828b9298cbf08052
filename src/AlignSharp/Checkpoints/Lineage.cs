using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Checkpoints;

/// <summary>
/// What a result was made from: <c>lineage.json</c> beside its weights. Fields that this version does not know are read over, so that
/// a later version may write more.
/// </summary>
public sealed record Lineage
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "lineage.json";

    private static readonly JsonSerializerOptions Json = new(StrictJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The model below the adapter, or that was fine-tuned (<c>base_model</c>, with <c>path</c> and <c>sha256</c>); null where it is not told.</summary>
    public LineageModel? BaseModel { get; init; }

    /// <summary>How it was made: <c>sft</c> or <c>dpo</c>; null where it is not told.</summary>
    public string? Method { get; init; }

    /// <summary>The adapter that training started from, or null.</summary>
    public LineageModel? Adapter { get; init; }

    /// <summary>The reference of preference training, for people; null for other methods.</summary>
    public string? Reference { get; init; }

    /// <summary>The data files that were trained on.</summary>
    public IReadOnlyList<LineageModel>? Data { get; init; }

    /// <summary>The settings that were given, by key.</summary>
    public IReadOnlyDictionary<string, string>? Configuration { get; init; }

    /// <summary>The lineage of the model or adapter that training started from, or null.</summary>
    public Lineage? Parent { get; init; }

    /// <summary>Reads a folder's lineage.</summary>
    /// <param name="folder">An adapter's or a model's folder.</param>
    /// <returns>Null where the folder has no such file.</returns>
    /// <exception cref="ArtifactException">The file is not what its name says.</exception>
    public static Lineage? TryRead(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            var lineage = JsonObjectFile.Read(path).Deserialize<Lineage>(Json)!;
            return lineage.BaseModel is { Sha256: null } ? throw new ArtifactException($"{path}: 'base_model' has no 'sha256'; remove the file if the base cannot be told") : lineage;
        }
        catch (JsonException fault)
        {
            throw new ArtifactException($"{path}: {fault.Path}: {StrictJson.OneLine(fault)}", fault);
        }
    }

    /// <summary>Writes the file, atomically.</summary>
    /// <param name="folder">An existing folder.</param>
    public void Write(string folder) => JsonObjectFile.Write(Path.Combine(folder, FileName), (JsonObject)JsonSerializer.SerializeToNode(this, Json)!, sorted: true);
}
