using System.Diagnostics;
using AlignSharp.Benchmarks.Shapes;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>The best rate of libtorch's matrix products in this process: what a step would reach if it did nothing else.</summary>
internal sealed class GemmRate
{
    private const int FewestRounds = 3;
    private readonly ScalarType _type;
    private readonly (int Rows, int Inner, int Columns)[] _products;

    /// <summary>Prepares the products of a model's projections, output head and their input gradients.</summary>
    /// <param name="shape">Widths.</param>
    /// <param name="type">Type of the matrices.</param>
    /// <param name="rows">Tokens that go through a layer at once.</param>
    /// <param name="headRows">Tokens that go through the output head at once.</param>
    public GemmRate(ModelShape shape, ScalarType type, int rows, int headRows)
    {
        _type = type;
        _products =
        [
            (rows, shape.Hidden, shape.Hidden), (rows, shape.Hidden, shape.Inter), (rows, shape.Inter, shape.Hidden),
            (rows, shape.Hidden, 2 * shape.Inter), (headRows, shape.Hidden, shape.Vocab), (headRows, shape.Vocab, shape.Hidden),
        ];
    }

    /// <summary>Billions of operations a second, the best of all products and all calls so far.</summary>
    public double Gflops { get; private set; }

    /// <summary>Measures for a while; other programs can only make a round slower, so more rounds come nearer to the truth.</summary>
    /// <param name="time">How long, a few rounds at least.</param>
    public void Measure(TimeSpan time)
    {
        using var noGradient = no_grad();
        foreach (var (rows, inner, columns) in _products)
        {
            using var input = rand(rows, inner).to(_type);
            using var weight = rand(columns, inner).to(_type);
            var started = Stopwatch.GetTimestamp();
            for (var round = 0; round < FewestRounds || Stopwatch.GetElapsedTime(started) < time / _products.Length; round++)
                Gflops = Math.Max(Gflops, 2.0 * rows * inner * columns / SecondsOf(input, weight) / 1e9);
        }
    }

    private static double SecondsOf(Tensor input, Tensor weight)
    {
        var started = Stopwatch.GetTimestamp();
        using var product = nn.functional.linear(input, weight);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
