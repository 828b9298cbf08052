using AlignSharp.Data.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>The open weights of an adapter's folder, checked against its base and read one projection at a time.</summary>
public sealed class AdapterFile : IDisposable
{
    private const string Prefix = "base_model.model.";

    private readonly SafetensorsFile _file;

    private AdapterFile(SafetensorsFile file) => _file = file;

    /// <summary>Opens a folder's weights.</summary>
    /// <param name="folder">A PEFT adapter folder.</param>
    /// <param name="expected">What configuration and base ask for: each projection that the adapter adapts.</param>
    /// <exception cref="ArtifactException">The file is missing, or one of its tensors is missing, superfluous or misshapen.</exception>
    public static AdapterFile Open(string folder, IEnumerable<AdaptedProjection> expected)
    {
        var path = Path.Combine(folder, AdapterFolder.WeightsFile);
        if (!File.Exists(path)) throw new ArtifactException($"{path}: the file is missing; pickled adapters (adapter_model.bin) are not read, save the adapter as safetensors");
        var file = SafetensorsFile.Open(path);
        try
        {
            Check(file, expected.SelectMany(p => new[]
            {
                KeyValuePair.Create(NameOfA(p.Path), new[] { p.Rank, p.InFeatures }),
                KeyValuePair.Create(NameOfB(p.Path), new[] { p.OutFeatures, p.Rank }),
            }).ToDictionary(StringComparer.Ordinal));
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
    public bool Adapts(string path) => _file.Contains(NameOfA(path));

    /// <summary>Reads the factors of one projection; F16 and BF16 files are widened, as PEFT does. The caller owns them.</summary>
    /// <param name="path">Module path of a projection that it adapts.</param>
    /// <param name="device">Where to put them; null is the CPU.</param>
    /// <returns>A, float32 <c>[rank, in]</c>, and B, float32 <c>[out, rank]</c>.</returns>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public (Tensor A, Tensor B) Read(string path, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Read(NameOfA(path)), Read(NameOfB(path)));
        return (a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope());

        Tensor Read(string name)
        {
            var values = _file.Read(name, ScalarType.Float32, device);
            FiniteCheck.Require(values, _file.Path, name);
            return values;
        }
    }

    /// <summary>Closes the file; what was read stays valid.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Name of a projection's A in the file.</summary>
    internal static string NameOfA(string path) => $"{Prefix}{path}.lora_A.weight";

    /// <summary>Name of a projection's B in the file.</summary>
    internal static string NameOfB(string path) => $"{Prefix}{path}.lora_B.weight";

    private static void Check(SafetensorsFile file, Dictionary<string, long[]> expected)
    {
        if (file.Names.FirstOrDefault(name => !expected.ContainsKey(name)) is { } superfluous)
            throw new ArtifactException($"{file.Path}: tensor '{superfluous}' has no place on this base with target_modules of {AdapterConfigFile.FileName}; the adapter was made for another base");
        foreach (var (name, shape) in expected)
        {
            if (!file.Contains(name)) throw new ArtifactException($"{file.Path}: tensor '{name}' is missing; {AdapterConfigFile.FileName} and the base ask for it with shape [{string.Join(", ", shape)}]");
            if (!file.Entry(name).Shape.AsSpan().SequenceEqual(shape))
                throw new ArtifactException($"{file.Path}: tensor '{name}' has shape [{string.Join(", ", file.Entry(name).Shape)}], but rank and base ask for [{string.Join(", ", shape)}]");
        }
    }
}
