using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>A frozen projection with an adapter beside it.</summary>
internal static class LinearCase
{
    private const int Rank = 8;
    private const double Scaling = 2;

    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var hidden = sizes.Model.Hidden;
        var x = sizes.Activations(sizes.Tokens, hidden);
        var weight = sizes.Weights(hidden, hidden);
        var a = sizes.Weights(Rank, hidden).to(ScalarType.Float32, copy: true).requires_grad_();
        var b = sizes.Weights(hidden, Rank).to(ScalarType.Float32, copy: true).requires_grad_();
        double product = 2.0 * sizes.Tokens * hidden * hidden, update = 4.0 * sizes.Tokens * hidden * Rank;
        double bytes = (2.0 * sizes.Tokens * hidden + (double)hidden * hidden) * sizes.ElementBytes;
        return new KernelCase("Linear", $"{sizes.Tokens} x {hidden} x {hidden}, r {Rank}")
        {
            Ours = () => Linear.Apply(x, new LinearMap(weight, Update: new LowRankUpdate(a, b, Scaling, Dropout: 0))),
            Baseline = () => LinearBaseline.Apply(x, weight, a, b, Scaling),
            Inputs = [x, a, b],
            ForwardFlop = product + update,
            BackwardFlop = product + 2 * update,
            ForwardBytes = bytes,
            BackwardBytes = bytes,
        };
    }
}
