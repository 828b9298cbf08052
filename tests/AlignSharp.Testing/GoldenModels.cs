using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Models;
using static TorchSharp.torch;

namespace AlignSharp.Testing;

/// <summary>Loads the golden checkpoints.</summary>
public static class GoldenModels
{
    /// <summary>A golden model without adapter; the caller owns it.</summary>
    /// <param name="name">For example <c>trl/model_a</c>.</param>
    /// <param name="type">Type to compute in.</param>
    public static CausalLanguageModel Load(string name, ScalarType type = ScalarType.Float32)
    {
        var folder = Golden.Path(name);
        return ModelFolder.Load(folder, ModelConfigReader.Read(folder), type, CPU);
    }

    /// <summary>A golden model with an adapter on it; the caller owns the model.</summary>
    /// <param name="name">For example <c>trl/model_a</c>.</param>
    /// <param name="adapterName">For example <c>trl/adapter_init</c>.</param>
    /// <param name="type">Type to compute in.</param>
    public static (CausalLanguageModel Model, LoraAdapter Adapter) LoadWithAdapter(string name, string adapterName, ScalarType type = ScalarType.Float32)
    {
        var folder = Golden.Path(name);
        var adapterFolder = Golden.Path(adapterName);
        var adapter = new LoraAdapter(AdapterConfigFile.Read(adapterFolder).Options);
        var model = ModelFolder.Load(folder, ModelConfigReader.Read(folder), type, CPU, adapter.Around);
        AdapterFolder.Load(adapterFolder, adapter);
        return (model, adapter);
    }
}
