using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>The rotation of a layer's queries.</summary>
internal static class RotaryCase
{
    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var model = sizes.Model;
        var x = sizes.Activations(sizes.Tokens, model.Heads, model.HeadDim);
        var tables = Tables(sizes);
        var bytes = (double)sizes.Tokens * model.Hidden * sizes.ElementBytes;
        return new KernelCase("Rotary", $"{sizes.Tokens} x {model.Heads} x {model.HeadDim}")
        {
            Ours = () => Rotary.Apply(x, tables),
            Baseline = () => RotaryBaseline.Apply(x, tables.Cosines, tables.Sines),
            Inputs = [x],
            ForwardBytes = 2 * bytes,
            BackwardBytes = 2 * bytes,
        };
    }

    private static RotaryTables Tables(KernelSizes sizes)
    {
        var headDim = sizes.Model.HeadDim;
        var frequencies = pow(10000, arange(0, headDim, 2, dtype: ScalarType.Float32) / headDim).reciprocal();
        var angles = outer(arange(sizes.Tokens, dtype: ScalarType.Float32), frequencies);
        var both = cat([angles, angles], -1).unsqueeze(1); // [tokens, 1, headDim]
        return new RotaryTables(both.cos().to(sizes.Type), both.sin().to(sizes.Type));
    }
}
