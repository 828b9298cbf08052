using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>A LoRA adapter as a PEFT folder: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class AdapterFolder
{
    /// <summary>Name of the weights' file.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";

    /// <summary>Paths of the files that decide what the adapter computes: its configuration and its weights.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> Files(string folder) => [Path.Combine(folder, AdapterConfigFile.FileName), Path.Combine(folder, WeightsFile)];

    /// <summary>Fills an adapter that is on its model. F16 and BF16 files are widened to float32, as PEFT does.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapter">An adapter made with the folder's options.</param>
    /// <exception cref="ArtifactException">A tensor is missing, superfluous, misshapen or not finite.</exception>
    public static void Load(string folder, LoraAdapter adapter)
    {
        var path = Path.Combine(folder, WeightsFile);
        if (!File.Exists(path)) throw new ArtifactException($"{path}: the file is missing; pickled adapters (adapter_model.bin) are not read, save the adapter as safetensors");
        using var file = SafetensorsFile.Open(path);
        using var noGradient = no_grad();
        var expected = Tensors(adapter).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
        if (file.Names.FirstOrDefault(name => !expected.ContainsKey(name)) is { } superfluous)
            throw new ArtifactException($"{path}: tensor '{superfluous}' has no place on this base with target_modules of {AdapterConfigFile.FileName}; the adapter was made for another base");
        foreach (var (name, parameter) in expected)
        {
            if (!file.Contains(name)) throw new ArtifactException($"{path}: tensor '{name}' is missing; {AdapterConfigFile.FileName} and the base ask for it with shape [{string.Join(", ", parameter.shape)}]");
            if (!file.Entry(name).Shape.AsSpan().SequenceEqual(parameter.shape))
                throw new ArtifactException($"{path}: tensor '{name}' has shape [{string.Join(", ", file.Entry(name).Shape)}], but rank and base ask for [{string.Join(", ", parameter.shape)}]");
            using var values = file.Read(name, ScalarType.Float32, parameter.device);
            FiniteCheck.Require(values, path, name);
            parameter.copy_(values);
        }
    }

    /// <summary>
    /// Saves an adapter: an older configuration is removed, then the weights are written, then the new configuration. Interrupted, it
    /// leaves a folder that is not taken for an adapter, never new weights under an old configuration.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="adapter">The adapter; stays the caller's.</param>
    /// <param name="baseModel">Base model as the user named it.</param>
    /// <param name="origin">Configuration of the adapter that this one continues, or null.</param>
    public static void Save(string folder, LoraAdapter adapter, string? baseModel, AdapterConfig? origin)
    {
        File.Delete(Path.Combine(folder, AdapterConfigFile.FileName));
        SafetensorsWriter.Write(Path.Combine(folder, WeightsFile), [.. Tensors(adapter)]);
        AdapterConfigFile.Write(folder, adapter, baseModel, origin);
    }

    /// <summary>The folder of the base that an adapter names: as it stands (from the current directory), else beside the adapter.</summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="ArtifactException">The adapter names none, or none of the places exists.</exception>
    public static string ResolveBase(string folder, AdapterConfig config)
    {
        var where = Path.Combine(folder, AdapterConfigFile.FileName);
        var name = config.BaseModel ?? throw new ArtifactException($"{where}: 'base_model_name_or_path' is null; give the base with model_name_or_path and this folder with adapter_name_or_path");
        string[] places = [name, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)) ?? ".", name)];
        return places.FirstOrDefault(Directory.Exists)
            ?? throw new ArtifactException($"{where}: the base '{name}' is neither a folder here nor beside the adapter; give it with model_name_or_path and this folder with adapter_name_or_path");
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Tensors(LoraAdapter adapter) => adapter.Weights.SelectMany(w => new[]
    {
        KeyValuePair.Create($"{Prefix}{w.Path}.lora_A.weight", (Tensor)w.A),
        KeyValuePair.Create($"{Prefix}{w.Path}.lora_B.weight", (Tensor)w.B),
    });
}
