using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>How fast this process reads or copies memory with libtorch's threads: what decoding, which reads every weight once a token, is bound by.</summary>
internal static class MemoryRate
{
    // Far beyond any cache.
    private const long Bytes = 256L << 20;
    private const int Rounds = 8;

    /// <summary>GB/s, the best of reading and copying, of several rounds each; a copy counts for both of its directions.</summary>
    public static double Measure()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var source = ones(Bytes / sizeof(float));
        var target = zeros_like(source);
        var best = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            best = Math.Max(best, Bytes / SecondsOf(() => source.sum()) / 1e9);
            best = Math.Max(best, 2 * Bytes / SecondsOf(() => target.copy_(source)) / 1e9);
        }
        return best;
    }

    private static double SecondsOf(Func<Tensor> work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
