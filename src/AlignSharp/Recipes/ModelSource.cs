using AlignSharp.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>A model and an adapter as folders describe them, before anything of their size is read.</summary>
/// <param name="BaseFolder">Folder of the base.</param>
/// <param name="Config">The base's configuration.</param>
/// <param name="AdapterFolder">Folder of the adapter, or null.</param>
/// <param name="Origin">Configuration of that adapter, or null.</param>
internal sealed record ModelSource(string BaseFolder, ModelConfig Config, string? AdapterFolder, AdapterConfig? Origin)
{
    /// <summary>Folder with the tokenizer: the adapter's own where it has one, else the base's.</summary>
    public string TokenizerFolder => AdapterFolder is { } folder && Data.Tokenizers.TokenizerFolder.Exists(folder) ? folder : BaseFolder;

    /// <summary>Type in which the base's embedding is stored, and with it what else is not quantised.</summary>
    public ScalarType StoredType
    {
        get
        {
            using var checkpoint = Checkpoint.Open(BaseFolder);
            return checkpoint.TypeOf("model.embed_tokens.weight");
        }
    }

    /// <summary>Reads the configurations.</summary>
    /// <inheritdoc cref="PolicyLoader.Resolve"/>
    public static ModelSource Read(string modelNameOrPath, string? adapterNameOrPath)
    {
        var (baseFolder, adapterFolder) = PolicyLoader.Resolve(modelNameOrPath, adapterNameOrPath);
        return new ModelSource(baseFolder, ModelConfigReader.Read(baseFolder), adapterFolder, adapterFolder is null ? null : AdapterConfigFile.Read(adapterFolder));
    }
}
