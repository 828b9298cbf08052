using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Tensors;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>The norm of a layer.</summary>
internal static class RmsNormalizationCase
{
    private const double Epsilon = 1e-5;

    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var x = sizes.Activations(sizes.Tokens, sizes.Model.Hidden);
        var weight = sizes.Weights(sizes.Model.Hidden);
        var bytes = (double)sizes.Tokens * sizes.Model.Hidden * sizes.ElementBytes;
        return new KernelCase("RmsNormalization", $"{sizes.Tokens} x {sizes.Model.Hidden}")
        {
            Ours = () => RmsNormalization.Apply(x, weight, Epsilon),
            Baseline = () => RmsNormalizationBaseline.Apply(x, weight, Epsilon),
            Inputs = [x],
            ForwardBytes = 2 * bytes,
            BackwardBytes = 3 * bytes,
        };
    }
}
