using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Quantization;
using AlignSharp.Runtime;
using TorchSharp.Modules;

namespace AlignSharp.Recipes;

/// <summary>A loaded model with its adapter, if it has one, and where both came from. Owns the model.</summary>
public sealed class Policy : IDisposable
{
    internal Policy(CausalLanguageModel model, ModelConfig config, string baseFolder, LoraAdapter? adapter, AdapterConfig? origin, string? adapterFolder)
    {
        (Model, Config, BaseFolder, Adapter, Origin, AdapterFolder) = (model, config, baseFolder, adapter, origin, adapterFolder);
    }

    /// <summary>The model.</summary>
    public CausalLanguageModel Model { get; }

    /// <summary>Its configuration.</summary>
    public ModelConfig Config { get; }

    /// <summary>Folder of the base.</summary>
    public string BaseFolder { get; }

    /// <summary>The adapter on it, or null.</summary>
    public LoraAdapter? Adapter { get; }

    /// <summary>Configuration of the adapter that was loaded; null for none or a fresh one.</summary>
    public AdapterConfig? Origin { get; }

    /// <summary>Folder of the adapter that was loaded, or null.</summary>
    public string? AdapterFolder { get; }

    /// <summary>How the base became 4 bits when it was loaded, or null where it is as its folder has it.</summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>Folder with the tokenizer: the adapter's own where it has one, else the base's.</summary>
    public string TokenizerFolder => Source.TokenizerFolder;

    /// <summary>Where model and adapter came from.</summary>
    internal ModelSource Source => new(BaseFolder, Config, AdapterFolder, Origin);

    /// <summary>What is trained: the adapter's tensors, or without an adapter all weights.</summary>
    public IEnumerable<(string Name, Parameter Value)> Trainable() => Adapter is null
        ? ModelFolder.BaseParameters(Model).Select(p => (p.Key, p.Value))
        : Adapter.Trained.Select(p => (p.Name, p.Value));

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        // The memory of its weights and activations is kept for the next step, of which there is none.
        SlabMemory.Shared.Trim();
    }
}
