using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>Functions that grow without end, kept where float32 still has numbers. Beyond the bound the gradient is 0, so that a pair gone astray moves nothing.</summary>
internal static class Bounded
{
    /// <summary>Largest exponent: TRL 1.9's, whose e^80 = 5.5e34 leaves room for weights and sums.</summary>
    public const double LargestExponent = 80;

    // Its square, 1e36, is far above what a log-ratio can be and leaves room for the sum of a batch.
    private const double LargestRoot = 1e18;

    /// <summary>e^x.</summary>
    public static Tensor Exp(Tensor x) => x.AtMost(LargestExponent).exp();

    /// <summary>x².</summary>
    public static Tensor Square(Tensor x)
    {
        var root = x.AtMost(LargestRoot).AtLeast(-LargestRoot);
        return root * root;
    }

    /// <summary>σ(x), with a gradient that keeps its digits at both ends: that of libtorch's own is y·(1 − y), and near 1 nothing is left of 1 − y.</summary>
    public static Tensor Sigmoid(Tensor x) => F.logsigmoid(x).exp();
}
