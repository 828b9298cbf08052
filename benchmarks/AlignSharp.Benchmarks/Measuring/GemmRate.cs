using System.Diagnostics;
using AlignSharp.Benchmarks.Shapes;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>The rate of libtorch's matrix products in this process: what a step would reach if it did nothing else. Like a step's time it is a median, so that the two compare.</summary>
internal sealed class GemmRate
{
    private const int FewestRounds = 3;
    private readonly ScalarType _type;
    private readonly (int Rows, int Inner, int Columns)[] _products;
    private readonly List<double>[] _rates;

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
        _rates = Array.ConvertAll(_products, _ => new List<double>());
    }

    /// <summary>Billions of operations a second: of each product the median of all calls so far, of the products the fastest.</summary>
    public double Gflops => _rates.Max(Timings.MedianOf);

    /// <summary>Measures for a while.</summary>
    /// <param name="time">How long, a few rounds at least.</param>
    public void Measure(TimeSpan time)
    {
        using var noGradient = no_grad();
        for (var product = 0; product < _products.Length; product++)
        {
            var (rows, inner, columns) = _products[product];
            using var input = rand(rows, inner).to(_type);
            using var weight = rand(columns, inner).to(_type);
            var started = Stopwatch.GetTimestamp();
            for (var round = 0; round < FewestRounds || Stopwatch.GetElapsedTime(started) < time / _products.Length; round++)
                _rates[product].Add(2.0 * rows * inner * columns / SecondsOf(input, weight) / 1e9);
        }
    }

    private static double SecondsOf(Tensor input, Tensor weight)
    {
        var started = Stopwatch.GetTimestamp();
        using var product = nn.functional.linear(input, weight);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
