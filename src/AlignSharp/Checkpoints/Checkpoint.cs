using System.Text.Json;
using AlignSharp.Data.Faults;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>The weights of a model folder: one safetensors file, or shards with an index.</summary>
public sealed class Checkpoint : IDisposable
{
    /// <summary>Name of the only file of an unsharded model.</summary>
    public const string SingleFile = "model.safetensors";

    /// <summary>Name of the index of a sharded model.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private readonly Dictionary<string, SafetensorsFile> _fileOf;
    private readonly IReadOnlyCollection<SafetensorsFile> _files;

    private Checkpoint(IReadOnlyList<string> names, Dictionary<string, SafetensorsFile> fileOf, IReadOnlyCollection<SafetensorsFile> files, string? index = null)
    {
        Names = names;
        Files = [.. files.Select(f => f.Path).Concat(index is null ? [] : [index]).Order(StringComparer.Ordinal)];
        _fileOf = fileOf;
        _files = files;
    }

    /// <summary>Names of all tensors: in the order of the data of a single file, in ordinal order for shards.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Paths of the files that the weights are read from, an index among them, in ordinal order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>
    /// Opens a folder's weights: <see cref="SingleFile"/> where it exists, else the shards of <see cref="IndexFile"/>.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ConfigurationException">The folder does not exist.</exception>
    /// <exception cref="ArtifactException">It has no safetensors weights, a shard or a tensor is missing, or a file breaks the format.</exception>
    public static Checkpoint Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new ConfigurationException($"{folder}: the model folder does not exist.");
        var single = Path.Combine(folder, SingleFile);
        if (File.Exists(single)) return OpenSingle(single);
        var index = Path.Combine(folder, IndexFile);
        if (File.Exists(index)) return OpenShards(folder, index);
        if (Directory.EnumerateFiles(folder, "pytorch_model*").Any())
            throw new ArtifactException($"{folder}: the weights are pickle files (pytorch_model), which can run code when loaded; only safetensors are read. Save the model with safe_serialization=True.");
        throw new ArtifactException($"{folder}: neither {SingleFile} nor {IndexFile} is there; expected a model folder in safetensors form.");
    }

    /// <summary>Whether the checkpoint has a tensor of that name.</summary>
    /// <param name="name">Name of the tensor.</param>
    public bool Contains(string name) => _fileOf.ContainsKey(name);

    /// <inheritdoc cref="SafetensorsFile.Entry"/>
    public TensorEntry Entry(string name) => FileOf(name).Entry(name);

    /// <inheritdoc cref="SafetensorsFile.Read"/>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null) => FileOf(name).Read(name, dtype, device);

    /// <inheritdoc cref="SafetensorsFile.ReadInto(string, long, Tensor)"/>
    public void ReadInto(string name, long first, Tensor room) => FileOf(name).ReadInto(name, first, room);

    /// <inheritdoc cref="SafetensorsFile.ReadBytes"/>
    public Tensor ReadBytes(string name) => FileOf(name).ReadBytes(name);

    /// <inheritdoc cref="SafetensorsFile.Map"/>
    internal Tensor Map(string name) => FileOf(name).Map(name);

    /// <summary>Type in which a tensor is stored.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ArtifactException">There is no tensor of that name, or libtorch has no such type here.</exception>
    public ScalarType TypeOf(string name) => SafetensorsDtype.Find(Entry(name).Dtype)!.Scalar
        ?? throw new ArtifactException($"{PathOf(name)}: tensor '{name}' is of {Entry(name).Dtype}, which is not supported; convert it to BF16, F16 or F32.");

    /// <summary>Path of the file that holds a tensor, for messages.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="ArtifactException">There is no tensor of that name.</exception>
    public string PathOf(string name) => FileOf(name).Path;

    /// <summary>Closes the files; tensors that were read stay valid.</summary>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private SafetensorsFile FileOf(string name) => _fileOf.GetValueOrDefault(name)
        ?? throw new ArtifactException($"{Path.GetDirectoryName(_files.First().Path)}: the tensor '{name}' is missing from the weights.");

    private static Checkpoint OpenSingle(string path)
    {
        var file = SafetensorsFile.Open(path);
        return new Checkpoint(file.Names, file.Names.ToDictionary(n => n, _ => file, StringComparer.Ordinal), [file]);
    }

    private static Checkpoint OpenShards(string folder, string index)
    {
        var files = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        try
        {
            var fileOf = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
            foreach (var (name, shard) in ReadWeightMap(index))
            {
                if (!files.TryGetValue(shard, out var file)) files[shard] = file = OpenShard(folder, index, shard);
                if (!file.Contains(name)) throw new ArtifactException($"{file.Path}: the tensor '{name}' is missing, but {IndexFile} places it there; download the model again.");
                fileOf[name] = file;
            }
            return new Checkpoint([.. fileOf.Keys.Order(StringComparer.Ordinal)], fileOf, files.Values, index);
        }
        catch
        {
            foreach (var file in files.Values) file.Dispose();
            throw;
        }
    }

    private static SafetensorsFile OpenShard(string folder, string index, string shard)
    {
        // Both separators are refused everywhere: a folder made on one system is read on another.
        if (shard.Length == 0 || shard.AsSpan().ContainsAny('/', '\\', ':') || !shard.EndsWith(".safetensors", StringComparison.Ordinal))
            throw new ArtifactException($"{index}: weight_map names '{shard}', which is not a plain .safetensors file name in the model folder.");
        var path = Path.Combine(folder, shard);
        if (!File.Exists(path)) throw new ArtifactException($"{path}: the shard is missing, but {IndexFile} names it; download the model again.");
        return SafetensorsFile.Open(path);
    }

    private static Dictionary<string, string> ReadWeightMap(string index)
    {
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index), options);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("weight_map", out var map)
                && map.ValueKind == JsonValueKind.Object
                && map.EnumerateObject().Any()
                && map.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String))
                return map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ArtifactException($"{index}: not valid JSON: {error.Message}", error);
        }
        throw new ArtifactException($"{index}: weight_map is missing, empty, or not an object of tensor names and file names.");
    }
}
