using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A projection that is trained in full beside the adapter (<c>modules_to_save</c>): a float32 copy of weight and bias, which applies in
/// its full precision; the base keeps its own.
/// </summary>
internal sealed class SavedProjection : Projection, IAdapterPart
{
    private readonly LoraAdapter _adapter;
    private readonly string _path;

    [ComponentName(Name = "base_layer")]
    private readonly Projection _base;

    [ComponentName(Name = "modules_to_save")]
    private readonly AdapterWeight _weight;

    [ComponentName(Name = "modules_to_save_bias")]
    private readonly AdapterWeight? _bias;

    public SavedProjection(Projection baseLayer, ProjectionSite site, LoraAdapter adapter) : base(site.Name)
    {
        (_adapter, _base, _path) = (adapter, baseLayer, site.Path);
        _weight = new AdapterWeight("modules_to_save", adapter, site.Device, site.OutFeatures, site.InFeatures);
        if (site.HasBias) _bias = new AdapterWeight("modules_to_save_bias", adapter, site.Device, site.OutFeatures);
        RegisterComponents();
    }

    public IEnumerable<AdapterParameter> Trained
    {
        get
        {
            yield return new AdapterParameter($"{_path}.weight", _weight.Value);
            if (_bias is not null) yield return new AdapterParameter($"{_path}.bias", _bias.Value);
        }
    }

    public override LinearMap Map => _adapter.Use == AdapterUse.Off ? _base.Map : new LinearMap(_weight.Applied, _bias?.Applied);

    public override void AddToWeight(Tensor delta) => _base.AddToWeight(delta);

    public void Initialize(Generator generator)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var map = _base.Map;
        _weight.Value.copy_(map.Matrix(ScalarType.Float32));
        _bias?.Value.copy_(map.Bias!);
    }

    public void FreezeReference()
    {
        _weight.FreezeReference();
        _bias?.FreezeReference();
    }

    public void Merge()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var map = _base.Map;
        if (map.Weight is { } dense) dense.copy_(_weight.Value);
        else _base.AddToWeight(_weight.Value - map.Matrix(ScalarType.Float32));
        if (_bias is not null) map.Bias!.copy_(_bias.Value);
    }
}
