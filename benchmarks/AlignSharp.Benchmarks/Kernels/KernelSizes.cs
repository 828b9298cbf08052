using AlignSharp.Benchmarks.Shapes;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>What operators are applied to: pairs of equal lengths, packed, in a model of some size.</summary>
/// <param name="Model">Widths.</param>
/// <param name="Type">Type of the activations.</param>
/// <param name="Pairs">Pairs in the batch.</param>
/// <param name="Length">Tokens of each prompt and of each completion.</param>
internal sealed record KernelSizes(ModelShape Model, ScalarType Type, int Pairs, int Length)
{
    private const int Seed = 1;

    /// <summary>Tokens of the packed batch.</summary>
    public int Tokens => 3 * Pairs * Length;

    /// <summary>Tokens that are scored.</summary>
    public int Scored => 2 * Pairs * Length;

    /// <summary>Bytes of one number.</summary>
    public int ElementBytes => Dtypes.BytesOf(Type);

    /// <summary>Random activations with a gradient, owned by the caller's scope.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    public Tensor Activations(params long[] shape) => Numbers(1, shape).requires_grad_();

    /// <summary>Random frozen weights, owned by the caller's scope.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    public Tensor Weights(params long[] shape) => Numbers(0.02, shape);

    private Tensor Numbers(double deviation, long[] shape)
    {
        using var generator = new Generator(Seed, CPU);
        return empty(shape, dtype: Type).normal_(0, deviation, generator);
    }
}
