using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>The open weights of an adapter's folder, checked against its base and read one projection at a time.</summary>
public sealed class AdapterFile : IDisposable
{
    private const string Prefix = "base_model.model.";
    private const string EmbeddingFactor = ".lora_embedding_A";

    // What PEFT's save_embedding_layers adds for an adapted embedding.
    private const string BaseTable = ".base_layer.weight";

    private readonly SafetensorsFile _file;

    private AdapterFile(SafetensorsFile file) => _file = file;

    /// <summary>Opens a folder's weights.</summary>
    /// <param name="folder">A PEFT adapter folder.</param>
    /// <param name="expected">What configuration and base ask for: shapes by name, without the prefix <c>base_model.model.</c>.</param>
    /// <exception cref="ArtifactException">The file is missing, or one of its tensors is missing, superfluous or misshapen.</exception>
    public static AdapterFile Open(string folder, IEnumerable<KeyValuePair<string, long[]>> expected)
    {
        var path = Path.Combine(folder, AdapterFolder.WeightsFile);
        if (!File.Exists(path)) throw new ArtifactException($"{path}: the file is missing; pickled adapters (adapter_model.bin) are not read, save the adapter as safetensors");
        var file = SafetensorsFile.Open(path);
        try
        {
            Check(file, expected.ToDictionary(tensor => Prefix + tensor.Key, tensor => tensor.Value, StringComparer.Ordinal));
            return new AdapterFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the adapter adapts a projection.</summary>
    /// <param name="path">Module path of the projection.</param>
    public bool Adapts(string path) => _file.Contains($"{Prefix}{path}.lora_A.weight");

    /// <summary>Reads the factors of one projection; F16 and BF16 files are widened, as PEFT does. The caller owns them.</summary>
    /// <param name="path">Module path of a projection that it adapts.</param>
    /// <param name="device">Where to put them; null is the CPU.</param>
    /// <returns>A, float32 <c>[rank, in]</c>, and B, float32 <c>[out, rank]</c>.</returns>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public (Tensor A, Tensor B) Read(string path, Device? device = null) => (ReadTensor($"{path}.lora_A.weight", device), ReadTensor($"{path}.lora_B.weight", device));

    /// <summary>Whether a tensor is there.</summary>
    /// <param name="name">Its name without the prefix <c>base_model.model.</c>.</param>
    public bool Contains(string name) => _file.Contains(Prefix + name);

    /// <summary>Reads one tensor as float32, which the caller owns.</summary>
    /// <param name="name">Its name without the prefix <c>base_model.model.</c>.</param>
    /// <param name="device">Where to put it; null is the CPU.</param>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public Tensor ReadTensor(string name, Device? device = null)
    {
        var values = _file.Read(Prefix + name, ScalarType.Float32, device);
        FiniteCheck.Require(values, _file.Path, Prefix + name);
        return values;
    }

    /// <summary>Checks the table that PEFT saves beside the update of an embedding, where the file has it: it must be the base's.</summary>
    /// <param name="path">Module path of the embedding.</param>
    /// <param name="table">The base's table.</param>
    /// <exception cref="ArtifactException">It is another one.</exception>
    internal void RequireTable(string path, Tensor table)
    {
        var name = path + BaseTable;
        if (!Contains(name)) return;
        using var scope = NewDisposeScope();
        var found = ReadTensor(name, table.device);
        if (!found.shape.AsSpan().SequenceEqual(table.shape) || !found.to(table.dtype).eq(table).all().item<bool>())
            throw new ArtifactException($"{_file.Path}: tensor '{Prefix}{name}' is not the embedding of this base; the adapter was made for another base, or one whose vocabulary was resized");
    }

    /// <summary>Closes the file; what was read stays valid.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Name of a trained tensor in the file.</summary>
    internal static string NameOf(AdapterParameter parameter) => Prefix + parameter.Name;

    private static void Check(SafetensorsFile file, Dictionary<string, long[]> expected)
    {
        if (file.Names.FirstOrDefault(name => !expected.ContainsKey(name) && !IsTable(name)) is { } superfluous)
            throw new ArtifactException($"{file.Path}: tensor '{superfluous}' has no place on this base with target_modules of {AdapterConfigFile.FileName}; the adapter was made for another base");
        foreach (var (name, shape) in expected)
        {
            if (!file.Contains(name)) throw new ArtifactException($"{file.Path}: tensor '{name}' is missing; {AdapterConfigFile.FileName} and the base ask for it with shape [{string.Join(", ", shape)}]");
            if (!file.Entry(name).Shape.AsSpan().SequenceEqual(shape))
                throw new ArtifactException($"{file.Path}: tensor '{name}' has shape [{string.Join(", ", file.Entry(name).Shape)}], but rank and base ask for [{string.Join(", ", shape)}]");
        }

        bool IsTable(string name) => name.EndsWith(BaseTable, StringComparison.Ordinal) && expected.ContainsKey(name[..^BaseTable.Length] + EmbeddingFactor);
    }
}
