using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;

namespace AlignSharp.Benchmarks.Step;

/// <summary>Runs both sides in turns of a few steps, over the same batches in one process, so that whatever slows the machine slows both.</summary>
internal static class StepContest
{
    /// <summary>Measures a shape. Peak memory is left to <see cref="SideRun"/>.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="gemmTime">How long to look for the best rate of matrix products, once before and once after.</param>
    public static StepResult Run(StepShape shape, TimeSpan gemmTime)
    {
        var pairs = Enumerable.Range(0, shape.Batches).Select(step => RandomPairs.Batch(shape, step)).ToArray();
        var gemm = new GemmRate(shape.Model, shape.Type, pairs[0].Sum(p => p.PackedTokens), pairs[0].Sum(p => p.ChosenIds.Length + p.RejectedIds.Length));
        gemm.Measure(gemmTime);
        var rounds = Rounds(shape);
        gemm.Measure(gemmTime);

        int[] counted = [.. Enumerable.Range(0, shape.Batches).Where(StepShape.IsMeasured)];
        var measured = Array.ConvertAll(counted, batch => rounds[batch]);
        var work = Array.ConvertAll(counted, batch => StepWork.Of(shape, pairs[batch]).Total);
        var tokens = Array.ConvertAll(counted, batch => pairs[batch].Sum(pair => pair.SequenceTokens));
        var ours = new Timings([.. measured.Select(round => round.OurMs)]);
        var baseline = new Timings([.. measured.Select(round => round.BaselineMs)]);
        var perWork = new Timings([.. ours.Values.Zip(work, (ms, gflop) => ms / gflop)]);
        // Padding depends on the batch, so where lengths vary the baseline's times say nothing about noise.
        var spread = shape.IsFixed ? Math.Max(ours.Spread, baseline.Spread) : perWork.Spread;
        return new StepResult(shape)
        {
            Ours = Side(ours, tokens),
            Baseline = Side(baseline, tokens),
            Ratio = Timings.MedianOf(measured.Select(round => round.BaselineMs / round.OurMs)),
            Gflop = Timings.MedianOf(work),
            GemmGflops = gemm.Gflops,
            GemmShare = 1e3 / perWork.Median / gemm.Gflops,
            LossDifference = rounds.Max(round => Math.Abs(round.OurLoss - round.BaselineLoss)),
            Spread = spread,
            IsNoisy = shape.IsFixed ? ours.IsNoisy || baseline.IsNoisy : perWork.IsNoisy,
        };
    }

    /// <summary>Runs all steps of both sides, warm-up first.</summary>
    /// <param name="shape">The shape.</param>
    public static Round[] Rounds(StepShape shape)
    {
        using var model = StepModel.Random(shape);
        // The baseline copies the adapter before ours is trained.
        using var baseline = new EagerStep(shape, model);
        using var ours = new OurStep(shape, model);
        var (our, their) = (new (double Ms, double Loss)[shape.Batches], new (double Ms, double Loss)[shape.Batches]);
        IEnumerable<int> warmUp = Enumerable.Range(0, StepShape.WarmUp);
        foreach (var turn in Enumerable.Range(0, shape.Turns).Select(shape.Turn).Prepend(warmUp))
        {
            foreach (var batch in turn) our[batch] = Timed(ours, batch);
            foreach (var batch in turn) their[batch] = Timed(baseline, batch);
        }
        return [.. our.Zip(their, (mine, theirs) => new Round(mine.Ms, mine.Loss, theirs.Ms, theirs.Loss))];
    }

    private static (double Ms, double Loss) Timed(IStep side, int step)
    {
        var started = Stopwatch.GetTimestamp();
        var loss = side.Run(step);
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, loss);
    }

    private static SideResult Side(Timings timings, int[] tokens) => new(
        Timings.MedianOf(timings.Values.Zip(tokens, (ms, count) => count / ms * 1e3)), timings.Median, timings.Min, PeakMib: null);

    /// <summary>A step of each side.</summary>
    internal readonly record struct Round(double OurMs, double OurLoss, double BaselineMs, double BaselineLoss);
}
