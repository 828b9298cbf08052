using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>A projection whose bias is trained beside the adapter (PEFT's <c>bias: all</c> or <c>lora_only</c>); the base keeps its own.</summary>
internal sealed class BiasedProjection : Projection, IAdapterPart
{
    private readonly LoraAdapter _adapter;
    private readonly string _name;

    [ComponentName(Name = "base_layer")]
    private readonly Projection _base;

    [ComponentName(Name = "lora_base_bias")]
    private readonly AdapterWeight _bias;

    public BiasedProjection(Projection baseLayer, ProjectionSite site, LoraAdapter adapter, bool isAdapted) : base(site.Name)
    {
        (_adapter, _base) = (adapter, baseLayer);
        _name = isAdapted ? $"{site.Path}.base_layer.bias" : $"{site.Path}.bias";
        _bias = new AdapterWeight("lora_base_bias", adapter, site.Device, site.OutFeatures);
        RegisterComponents();
    }

    public IEnumerable<AdapterParameter> Trained => [new AdapterParameter(_name, _bias.Value)];

    public override LinearMap Map => _adapter.Use == AdapterUse.Off ? _base.Map : _base.Map with { Bias = _bias.Applied };

    public override void AddToWeight(Tensor delta) => _base.AddToWeight(delta);

    public void Initialize(Generator generator)
    {
        using var noGradient = no_grad();
        _bias.Value.copy_(_base.Map.Bias!);
    }

    public void FreezeReference() => _bias.FreezeReference();

    public void Merge()
    {
        using var noGradient = no_grad();
        _base.Map.Bias!.copy_(_bias.Value);
    }
}
