using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Tensors;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>The gated activation of a layer.</summary>
internal static class SwiGluCase
{
    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var gate = sizes.Activations(sizes.Tokens, sizes.Model.Inter);
        var up = sizes.Activations(sizes.Tokens, sizes.Model.Inter);
        var bytes = (double)sizes.Tokens * sizes.Model.Inter * sizes.ElementBytes;
        return new KernelCase("SwiGlu", $"{sizes.Tokens} x {sizes.Model.Inter}")
        {
            Ours = () => SwiGlu.Apply(gate, up),
            Baseline = () => SwiGluBaseline.Apply(gate, up),
            Inputs = [gate, up],
            ForwardBytes = 3 * bytes,
            BackwardBytes = 5 * bytes,
        };
    }
}
