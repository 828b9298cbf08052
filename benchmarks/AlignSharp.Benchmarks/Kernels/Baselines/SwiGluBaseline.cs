using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels.Baselines;

/// <summary>The gated activation in plain operators.</summary>
internal static class SwiGluBaseline
{
    /// <summary><c>silu(gate) · up</c>.</summary>
    /// <param name="gate"><c>[tokens, width]</c>.</param>
    /// <param name="up"><c>[tokens, width]</c>.</param>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        using var scope = NewDisposeScope();
        return (nn.functional.silu(gate) * up).MoveToOuterDisposeScope();
    }
}
