using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Diagnostics;

/// <summary>Measures square matrix products on the CPU, about a quarter of a second for each dtype.</summary>
internal static class GemmProbe
{
    private const int Side = 1024;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(250);

    internal static IReadOnlyList<GemmSpeed> Measure() =>
    [
        new("float32", Gflops(ScalarType.Float32)),
        new("bfloat16", Gflops(ScalarType.BFloat16)),
        new("float16", Gflops(ScalarType.Float16)),
    ];

    private static double Gflops(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var left = rand(Side, Side).to(dtype); // [side, side]
        var right = rand(Side, Side).to(dtype).t(); // [side, side], laid out as the weight of a projection

        // The first product also builds the kernel; it counts only where nothing else fits into the time.
        var started = Stopwatch.GetTimestamp();
        var best = Seconds(left, right);
        while (Stopwatch.GetElapsedTime(started) < Enough) best = Math.Min(best, Seconds(left, right));
        return 2.0 * Side * Side * Side / best / 1e9;
    }

    private static double Seconds(Tensor left, Tensor right)
    {
        var started = Stopwatch.GetTimestamp();
        using var product = mm(left, right);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
