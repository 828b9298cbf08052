using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Checkpoints;

/// <summary>Files that hold one JSON object, read strictly and written atomically in Hugging Face's style.</summary>
internal static class JsonObjectFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Read(string path)
    {
        if (!File.Exists(path)) throw new ArtifactException($"{path}: the file is missing; give the folder of a Hugging Face model or adapter");
        using var document = StrictJson.ReadDocument(path);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(document.RootElement.Clone())!
            : throw new ArtifactException($"{path}: expected a JSON object");
    }

    /// <summary>Writes with an indent of 2; with keys sorted where Python's writer sorts them.</summary>
    public static void Write(string path, JsonObject json, bool sorted)
    {
        var ordered = sorted ? new JsonObject(json.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))) : json;
        AtomicFile.WriteText(path, ordered.ToJsonString(Indented) + "\n");
    }
}
