using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in the half-split form that Hugging Face checkpoints are stored for.</summary>
public static class Rotary
{
    /// <summary>Rotates the pair (x[j], x[j + headDim/2]) of every head by the angle of its position: <c>x·cos + rotateHalf(x)·sin</c>.</summary>
    /// <param name="x"><c>[tokens, heads, headDim]</c>.</param>
    /// <param name="tables">Cosines and sines for the same tokens.</param>
    /// <returns><c>[tokens, heads, headDim]</c>, owned by the caller's scope.</returns>
    public static Tensor Apply(Tensor x, RotaryTables tables)
    {
        using var scope = NewDisposeScope();
        var half = x.shape[^1] / 2;
        var turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * tables.Cosines).Plus(turned * tables.Sines).MoveToOuterDisposeScope();
    }
}
