using AlignSharp.Models;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>An embedding or a norm that is trained in full beside the adapter (<c>modules_to_save</c>): a float32 copy; the base keeps its own.</summary>
internal sealed class SavedWeight : WeightOverlay, IAdapterPart
{
    private readonly LoraAdapter _adapter;
    // A field that is a module or a parameter would be registered as a part of this one.
    private readonly Func<Parameter> _stored;
    private readonly string _path;

    [ComponentName(Name = "copy")]
    private readonly AdapterWeight _weight;

    public SavedWeight(WeightedModule module, string path, LoraAdapter adapter) : base("modules_to_save")
    {
        (_adapter, _stored, _path) = (adapter, () => module.Stored, path);
        _weight = new AdapterWeight("copy", adapter, module.Stored.device, module.Stored.shape);
        RegisterComponents();
    }

    public IEnumerable<AdapterParameter> Trained => [new AdapterParameter($"{_path}.weight", _weight.Value)];

    public override Tensor? Weight => _adapter.Use == AdapterUse.Off ? null : _weight.Applied;

    public void Initialize(Generator generator)
    {
        using var noGradient = no_grad();
        _weight.Value.copy_(_stored());
    }

    public void FreezeReference() => _weight.FreezeReference();

    public void Merge()
    {
        using var noGradient = no_grad();
        _stored().copy_(_weight.Value);
    }
}
