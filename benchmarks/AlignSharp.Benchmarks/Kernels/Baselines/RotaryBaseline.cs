using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels.Baselines;

/// <summary>Rotary positions in plain operators, as transformers writes them.</summary>
internal static class RotaryBaseline
{
    /// <summary><c>x·cos + rotateHalf(x)·sin</c>.</summary>
    /// <param name="x"><c>[tokens, heads, headDim]</c>.</param>
    /// <param name="cosines"><c>[tokens, 1, headDim]</c>.</param>
    /// <param name="sines"><c>[tokens, 1, headDim]</c>.</param>
    public static Tensor Apply(Tensor x, Tensor cosines, Tensor sines)
    {
        using var scope = NewDisposeScope();
        var half = x.shape[^1] / 2;
        var turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * cosines + turned * sines).MoveToOuterDisposeScope();
    }
}
