namespace AlignSharp.Benchmarks.Kernels;

/// <summary>Figures of one pass of one operator.</summary>
/// <param name="Name">The operator.</param>
/// <param name="Pass"><c>forward</c> or <c>backward</c>.</param>
/// <param name="Dtype">Type of the activations.</param>
/// <param name="Size">What it was applied to.</param>
/// <param name="OursMs">Median of our times in milliseconds.</param>
/// <param name="BaselineMs">Median of the baseline's.</param>
/// <param name="Ratio">The baseline's time over ours, round by round, the median.</param>
/// <param name="Gflops">GFLOP/s of ours, or null for an operator that moves memory.</param>
/// <param name="GbPerSecond">GB/s of the bytes that ours cannot but move.</param>
/// <param name="Difference">Largest difference of the two results (of the gradients for backward), over the largest absolute value of the baseline's.</param>
internal sealed record KernelResult(
    string Name, string Pass, string Dtype, string Size, double OursMs, double BaselineMs, double Ratio, double? Gflops, double GbPerSecond, double Difference);
