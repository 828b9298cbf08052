using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>A projection with an ordinary weight matrix, <c>y = x·Wᵀ + b</c>. Its values are uninitialised until a checkpoint or an initialiser fills them.</summary>
public sealed class DenseProjection : Projection
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    /// <summary>Allocates the weights.</summary>
    /// <param name="site">Where it stands.</param>
    public DenseProjection(ProjectionSite site) : base(site.Name)
    {
        _weight = new Parameter(Buffers.Empty(site.Type, site.Device, site.OutFeatures, site.InFeatures));
        if (site.HasBias) _bias = new Parameter(empty(site.OutFeatures, dtype: site.Type, device: site.Device));
        RegisterComponents();
    }

    /// <summary>A factory of plain projections.</summary>
    /// <param name="site">Where it stands.</param>
    public static Projection Create(ProjectionSite site) => new DenseProjection(site);

    /// <inheritdoc/>
    public override LinearMap Map => new(_weight, _bias);

    /// <inheritdoc/>
    public override void AddToWeight(Tensor delta)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _weight.copy_(_weight.to(ScalarType.Float32).Plus(delta).to(_weight.dtype));
    }
}
