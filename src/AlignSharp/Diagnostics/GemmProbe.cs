using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Diagnostics;

/// <summary>Measures square matrix products on the CPU, under a second in all.</summary>
internal static class GemmProbe
{
    private const int Side = 1024;
    private const int FewestRounds = 2;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(750);

    internal static IReadOnlyList<GemmSpeed> Measure()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var contestants = new[] { new Contestant("float32", ScalarType.Float32), new Contestant("bfloat16", ScalarType.BFloat16), new Contestant("float16", ScalarType.Float16) };

        // Taking turns lets other programs slow all dtypes alike. The first round builds the kernels.
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < FewestRounds || Stopwatch.GetElapsedTime(started) < Enough; round++)
            foreach (var contestant in contestants) contestant.Run();
        return [.. contestants.Select(contestant => new GemmSpeed(contestant.Dtype, contestant.Gflops))];
    }

    private sealed class Contestant(string dtype, ScalarType type)
    {
        private readonly Tensor _input = rand(Side, Side).to(type); // [side, side]
        private readonly Tensor _weight = rand(Side, Side).to(type).t(); // [side, side], laid out as the weight of a projection
        private double _bestSeconds = double.PositiveInfinity;

        public string Dtype => dtype;

        public double Gflops => 2.0 * Side * Side * Side / _bestSeconds / 1e9;

        public void Run()
        {
            var started = Stopwatch.GetTimestamp();
            using var product = mm(_input, _weight);
            _bestSeconds = Math.Min(_bestSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
