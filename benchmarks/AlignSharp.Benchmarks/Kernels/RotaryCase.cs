using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>The rotation of a layer's queries and keys.</summary>
internal static class RotaryCase
{
    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var model = sizes.Model;
        var queries = sizes.Activations(sizes.Tokens, model.Heads, model.HeadDim);
        var keys = sizes.Activations(sizes.Tokens, model.KvHeads, model.HeadDim);
        var tables = Tables(sizes);
        Tensor Both(Tensor table) => cat([table, table], -1).unsqueeze(1).to(sizes.Type); // [tokens, 1, headDim]
        var (cosines, sines) = (Both(tables.Cosines), Both(tables.Sines));
        var bytes = (double)sizes.Tokens * (model.Hidden + model.KeyWidth) * sizes.ElementBytes;
        return new KernelCase("Rotary", $"{sizes.Tokens} x {model.Heads} + {model.KvHeads} x {model.HeadDim}")
        {
            Ours = () => Rotary.Apply(queries, keys, tables) is var (q, k) ? cat([q, k], 1) : throw new InvalidOperationException(),
            Baseline = () => cat([RotaryBaseline.Apply(queries, cosines, sines), RotaryBaseline.Apply(keys, cosines, sines)], 1),
            Inputs = [queries, keys],
            ForwardBytes = 2 * bytes,
            BackwardBytes = 2 * bytes,
        };
    }

    private static RotaryTables Tables(KernelSizes sizes)
    {
        var headDim = sizes.Model.HeadDim;
        var frequencies = pow(10000, arange(0, headDim, 2, dtype: ScalarType.Float32) / headDim).reciprocal();
        var angles = outer(arange(sizes.Tokens, dtype: ScalarType.Float32), frequencies);
        return new RotaryTables(angles.cos(), angles.sin());
    }
}
