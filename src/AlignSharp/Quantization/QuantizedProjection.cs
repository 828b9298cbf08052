using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Quantization;

/// <summary>
/// A projection whose frozen weight is 4 bits an element (QLoRA, Dettmers et al. 2023, arXiv:2305.14314), decoded into the type of the activations whenever it is
/// used. It has no weight until a checkpoint gives it one; its bias is never quantised.
/// </summary>
public sealed class QuantizedProjection : Projection
{
    private readonly ScalarType? _computeType;
    private FourBitWeight? _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    /// <summary>Makes an empty projection.</summary>
    /// <param name="site">Where it stands.</param>
    /// <param name="computeType">Type to multiply in; null for that of the activations.</param>
    public QuantizedProjection(ProjectionSite site, ScalarType? computeType = null) : base(site.Name)
    {
        (Site, _computeType) = (site, computeType == site.Type ? null : computeType);
        if (site.HasBias) _bias = new Parameter(empty(site.OutFeatures, dtype: site.Type, device: site.Device));
        RegisterComponents();
    }

    /// <summary>Where it stands.</summary>
    public ProjectionSite Site { get; }

    /// <summary>The weight, <c>[out, in]</c>; what is set is taken over, and what was there before is freed.</summary>
    /// <exception cref="InvalidOperationException">It has none yet.</exception>
    /// <exception cref="ArgumentException">The weight has another shape.</exception>
    public FourBitWeight Weight
    {
        get => _weight ?? throw new InvalidOperationException($"{Site.Path} has no weight yet");
        set
        {
            if (value.Matrix.Rows != Site.OutFeatures || value.Matrix.Columns != Site.InFeatures)
                throw new ArgumentException($"{Site.Path}: a 4-bit weight [{value.Matrix.Rows}, {value.Matrix.Columns}]; expected [{Site.OutFeatures}, {Site.InFeatures}]", nameof(value));
            _weight?.Dispose();
            _weight = value;
        }
    }

    /// <inheritdoc/>
    public override LinearMap Map => new(Weight.Matrix, _bias) { GradientRounding = Weight.RecordedType, ComputeType = _computeType };

    /// <summary>Adds a matrix to the decoded weight and quantises the sum again in the same way, which is float32 from then on, as PEFT merges into 4 bits. The error of that is as large as a small update.</summary>
    /// <param name="delta">float32 <c>[out, in]</c>; not disposed.</param>
    public override void AddToWeight(Tensor delta)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var sum = Weight.Matrix.Expand(Weight.RecordedType).to(ScalarType.Float32).Plus(delta);
        var device = Weight.Matrix.Device;
        Weight = FourBitQuantizer.Quantize(sum, Weight.Options, Site.Path).To(device);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _weight?.Dispose();
        base.Dispose(disposing);
    }
}
