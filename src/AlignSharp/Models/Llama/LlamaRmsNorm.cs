using AlignSharp.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>The norm of a Llama: <see cref="RmsNormalization"/> with a learned weight.</summary>
internal sealed class LlamaRmsNorm : nn.Module<Tensor, Tensor>
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

    public override Tensor forward(Tensor input) => RmsNormalization.Apply(input, _weight, _epsilon);

    /// <summary>The input to go on with, and the normalised input.</summary>
    public (Tensor Residual, Tensor Normalized) Branch(Tensor input) => RmsNormalization.Branch(input, _weight, _epsilon);
}
