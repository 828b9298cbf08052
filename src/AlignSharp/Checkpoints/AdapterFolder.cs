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

    /// <summary>Paths of the files that decide what the adapter computes: its configuration and its weights.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> Files(string folder) => [Path.Combine(folder, AdapterConfigFile.FileName), Path.Combine(folder, WeightsFile)];

    /// <summary>
    /// Fills an adapter that is on its model. Values are rounded or widened into the adapter's type. Where the adapter's start is a part of the base, it is taken
    /// out of it first; a LoftQ start is to be taken before (<see cref="LoraAdapter.TakeStart(Func{Models.ProjectionSite, Tensor})"/>).
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapter">An adapter made with the folder's options.</param>
    /// <exception cref="ArtifactException">A tensor is missing, superfluous, misshapen or not finite.</exception>
    public static void Load(string folder, LoraAdapter adapter)
    {
        using var file = AdapterFile.Open(folder, adapter.Trained.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value.shape)));
        using var noGradient = no_grad();
        foreach (var (path, table) in adapter.EmbeddingTables) file.RequireTable(path, table);
        adapter.TakeStart();
        foreach (var (name, parameter) in adapter.Trained)
        {
            using var values = file.ReadTensor(name, parameter.device);
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

    private static IEnumerable<KeyValuePair<string, Tensor>> Tensors(LoraAdapter adapter) =>
        adapter.Trained.Select(parameter => KeyValuePair.Create(AdapterFile.NameOf(parameter), (Tensor)parameter.Value));
}
