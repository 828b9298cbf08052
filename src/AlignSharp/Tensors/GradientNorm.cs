using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>The norm that gradients are clipped by.</summary>
public static class GradientNorm
{
    // Added to the norm before the division, as PyTorch's clip_grad_norm_ does.
    private const double Slack = 1e-6;

    /// <summary>L2 norm of all gradients together, not finite when one of their elements is not.</summary>
    /// <param name="gradients">Gradients of any shapes and types.</param>
    public static double Of(IEnumerable<Tensor> gradients) => Math.Sqrt(gradients.Sum(SumOfSquares));

    /// <summary>Factor that brings gradients of a norm down to the largest one allowed; never above 1.</summary>
    /// <param name="norm">Their norm.</param>
    /// <param name="maximum">The largest norm; 0 for no limit.</param>
    public static double ClippingFactor(double norm, double maximum) => maximum > 0 ? Math.Min(1, maximum / (norm + Slack)) : 1;

    private static unsafe double SumOfSquares(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        if (!CpuKernels.Handle(gradient))
        {
            var wide = gradient.to(ScalarType.Float64);
            return (wide * wide).sum().item<double>();
        }
        var values = gradient.contiguous();
        var blocks = (values.numel() + SquaredNorm.BlockElements - 1) / SquaredNorm.BlockElements;
        var sums = new double[blocks];
        fixed (double* to = sums)
            CpuKernels.Run(new SquaredNorm(values.numel()) { Values = (byte*)TorchNatives.Address(values), Sums = to }, values.dtype, blocks, SquaredNorm.BlockElements);
        return sums.Sum();
    }
}
