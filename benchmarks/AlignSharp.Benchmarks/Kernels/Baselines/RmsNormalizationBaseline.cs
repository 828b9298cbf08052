using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels.Baselines;

/// <summary>Root-mean-square normalisation in plain operators, as transformers writes it.</summary>
internal static class RmsNormalizationBaseline
{
    /// <summary><c>weight · (x / √(mean(x²) + ε))</c>, the inner part in float32.</summary>
    /// <param name="x"><c>[tokens, width]</c>.</param>
    /// <param name="weight"><c>[width]</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var normed = wide * rsqrt(wide.pow(2).mean([-1], keepdim: true) + epsilon);
        return (weight * normed.to(x.dtype)).MoveToOuterDisposeScope();
    }
}
