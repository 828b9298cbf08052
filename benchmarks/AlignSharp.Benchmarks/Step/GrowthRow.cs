using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;

namespace AlignSharp.Benchmarks.Step;

/// <summary>What a step of our side costs at a number of pairs; the cost of a token should not grow with it.</summary>
/// <param name="Pairs">Pairs a step.</param>
/// <param name="Ms">Median duration of a step in milliseconds.</param>
/// <param name="UsPerToken">Microseconds a token, both full sequences of a pair counted.</param>
internal sealed record GrowthRow(int Pairs, double Ms, double UsPerToken)
{
    /// <summary>Measures our side alone.</summary>
    /// <param name="shape">A shape of fixed lengths.</param>
    public static GrowthRow Measure(StepShape shape)
    {
        using var model = StepModel.Random(shape);
        using var ours = new OurStep(shape, model);
        var durations = new List<double>();
        for (var step = 0; step < shape.Batches; step++)
        {
            var started = Stopwatch.GetTimestamp();
            ours.Run(step);
            if (step >= StepShape.WarmUp) durations.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        var median = Timings.MedianOf(durations);
        return new GrowthRow(shape.Pairs, median, 1e3 * median / RandomPairs.Batch(shape, 0).Sum(pair => pair.SequenceTokens));
    }
}
