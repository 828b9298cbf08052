using AlignSharp.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>The norm of a Llama: <see cref="RmsNormalization"/> with a learned weight.</summary>
internal sealed class LlamaRmsNorm : WeightedModule
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public LlamaRmsNorm(LlamaConfig config, ScalarType type, Device device) : base("norm")
    {
        _epsilon = config.RmsNormEpsilon;
        _weight = new Parameter(empty(config.HiddenSize, dtype: type, device: device));
        RegisterComponents();
    }

    public override Parameter Stored => _weight;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return RmsNormalization.Apply(input, Applied.to(input.dtype), _epsilon).MoveToOuterDisposeScope();
    }

    /// <summary>The input to go on with, and the normalised input.</summary>
    public (Tensor Residual, Tensor Normalized) Branch(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (residual, normalized) = RmsNormalization.Branch(input, Applied.to(input.dtype), _epsilon);
        return (residual.MoveToOuterDisposeScope(), normalized.MoveToOuterDisposeScope());
    }
}
