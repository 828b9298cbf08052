using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>The output head with the log-probabilities of the scored tokens.</summary>
internal static class LogProbHeadCase
{
    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var (hiddenSize, vocabulary) = (sizes.Model.Hidden, sizes.Model.Vocab);
        var hidden = sizes.Activations(sizes.Scored, hiddenSize);
        var weight = sizes.Weights(vocabulary, hiddenSize);
        var rows = arange(sizes.Scored, dtype: ScalarType.Int64);
        var targets = arange(sizes.Scored, dtype: ScalarType.Int64).remainder(vocabulary);
        double product = 2.0 * sizes.Scored * hiddenSize * vocabulary;
        double bytes = ((double)vocabulary * hiddenSize + (double)sizes.Scored * hiddenSize) * sizes.ElementBytes;
        return new KernelCase("LogProbHead", $"{sizes.Scored} x {hiddenSize} x {vocabulary}")
        {
            Ours = () => LogProbHead.Score(hidden, rows, targets, new LinearMap(weight), withStatistics: false).Logps,
            Baseline = () => LogProbHeadBaseline.Score(hidden, targets, weight),
            Inputs = [hidden],
            ForwardFlop = product,
            BackwardFlop = product,
            ForwardBytes = bytes,
            BackwardBytes = bytes,
        };
    }
}
