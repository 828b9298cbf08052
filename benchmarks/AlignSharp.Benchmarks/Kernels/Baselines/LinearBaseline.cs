using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Benchmarks.Kernels.Baselines;

/// <summary>A projection with a low-rank update in plain operators, as PEFT writes it: the update in float32.</summary>
internal static class LinearBaseline
{
    /// <summary><c>x·Wᵀ + scaling · x·Aᵀ·Bᵀ</c>.</summary>
    /// <param name="x"><c>[tokens, in]</c>.</param>
    /// <param name="weight"><c>[out, in]</c>.</param>
    /// <param name="a">float32 <c>[rank, in]</c>.</param>
    /// <param name="b">float32 <c>[out, rank]</c>.</param>
    /// <param name="scaling">Factor on the update.</param>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor a, Tensor b, double scaling)
    {
        using var scope = NewDisposeScope();
        var update = F.linear(F.linear(x.to(ScalarType.Float32), a), b) * scaling;
        return (F.linear(x, weight) + update).to(x.dtype).MoveToOuterDisposeScope();
    }
}
