using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Root-mean-square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467) as transformers computes it.</summary>
public static class RmsNormalization
{
    /// <summary><c>x / sqrt(mean(x²) + epsilon)</c> in float32, cast back to the type of x, times the weight.</summary>
    /// <param name="x"><c>[tokens, width]</c>, any floating type.</param>
    /// <param name="weight"><c>[width]</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns><c>[tokens, width]</c>, owned by the caller's scope.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var scale = rsqrt((wide * wide).mean([-1], keepdim: true).Plus(epsilon));
        return (weight * (wide * scale).to(x.dtype)).MoveToOuterDisposeScope();
    }
}
