using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>
/// A projection with a low-rank update beside it: <c>y = base(x) + scaling · B(A(dropout(x)))</c>. The update is computed in the
/// adapter's type (float32) and the sum cast back to the base's output type, as PEFT does for full-precision bases.
/// </summary>
internal sealed class LoraProjection : Projection
{
    private readonly LoraAdapter _adapter;
    private (Tensor A, Tensor B)? _reference;

    [ComponentName(Name = "base_layer")]
    private readonly Projection _base;

    [ComponentName(Name = "lora_A")]
    private readonly LoraMatrix _a;

    [ComponentName(Name = "lora_B")]
    private readonly LoraMatrix _b;

    public LoraProjection(Projection baseLayer, ProjectionSite site, LoraAdapter adapter) : base(site.Name)
    {
        (Site, _adapter, _base) = (site, adapter, baseLayer);
        _a = new LoraMatrix("lora_A", adapter.Options.Rank, site.InFeatures, site.Device);
        _b = new LoraMatrix("lora_B", site.OutFeatures, adapter.Options.Rank, site.Device);
        RegisterComponents();
    }

    public ProjectionSite Site { get; }

    public Parameter A => _a.Weight;

    public Parameter B => _b.Weight;

    public override LinearMap Map => _adapter.Use switch
    {
        AdapterUse.Off => _base.Map,
        AdapterUse.Reference when _reference is { } frozen => WithUpdate(frozen.A, frozen.B, dropout: 0),
        AdapterUse.Reference => throw new InvalidOperationException($"{Site.Path} has no frozen reference adapter"),
        _ => WithUpdate(A, B, training ? _adapter.Options.Dropout : 0),
    };

    public override void AddToWeight(Tensor delta) => _base.AddToWeight(delta);

    /// <summary>Keeps a copy of A and B that training does not touch.</summary>
    public void FreezeReference()
    {
        DisposeReference();
        _reference = (A.detach().clone().DetachFromDisposeScope(), B.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>Adds the update to the base's weight and sets B to zero, so that the output stays what it was.</summary>
    public void Merge()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _base.AddToWeight(B.mm(A).Times(_adapter.Options.Scaling));
        B.zero_();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) DisposeReference();
        base.Dispose(disposing);
    }

    private LinearMap WithUpdate(Tensor a, Tensor b, double dropout) => _base.Map with { Update = new LowRankUpdate(a, b, _adapter.Options.Scaling, dropout) };

    private void DisposeReference()
    {
        _reference?.A.Dispose();
        _reference?.B.Dispose();
        _reference = null;
    }
}
