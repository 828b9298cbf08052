using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Shapes;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>Runs an operator and its baseline in turns, forward and backward.</summary>
/// <param name="time">How long a case may take, beside its warm-up.</param>
internal sealed class KernelRun(TimeSpan time)
{
    private const int WarmUp = 2, FewestRounds = 5;

    /// <summary>Measures a case.</summary>
    /// <param name="kernel">The case.</param>
    /// <param name="type">Type of its activations.</param>
    /// <returns>Its forward pass and, where it has one, its backward pass.</returns>
    public IReadOnlyList<KernelResult> Measure(KernelCase kernel, ScalarType type)
    {
        var difference = Compare(kernel);
        var (forward, backward) = (new List<(double Ours, double Baseline)>(), new List<(double Ours, double Baseline)>());
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < WarmUp + FewestRounds || Stopwatch.GetElapsedTime(started) < time; round++)
        {
            var ours = Once(kernel, kernel.Ours);
            var baseline = Once(kernel, kernel.Baseline);
            if (round < WarmUp) continue;
            forward.Add((ours.Forward, baseline.Forward));
            backward.Add((ours.Backward, baseline.Backward));
        }
        KernelResult Result(string pass, List<(double Ours, double Baseline)> times, double flop, double bytes, double unequal)
        {
            var ms = Timings.MedianOf(times.Select(round => round.Ours));
            return new KernelResult(kernel.Name, pass, Dtypes.NameOf(type), kernel.Size, ms, Timings.MedianOf(times.Select(round => round.Baseline)),
                Timings.MedianOf(times.Select(round => round.Baseline / round.Ours)), flop > 0 ? flop / ms / 1e6 : null, bytes / ms / 1e6, unequal);
        }
        var first = Result("forward", forward, kernel.ForwardFlop, kernel.ForwardBytes, difference.Result);
        return kernel.Inputs.Count == 0 ? [first] : [first, Result("backward", backward, kernel.BackwardFlop, kernel.BackwardBytes, difference.Gradients)];
    }

    private static (double Forward, double Backward) Once(KernelCase kernel, Func<Tensor> side)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        var result = side();
        var forward = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (kernel.Inputs.Count == 0) return (forward, 0);
        var gradient = ones_like(result);
        started = Stopwatch.GetTimestamp();
        result.backward([gradient]);
        var backward = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        foreach (var input in kernel.Inputs) input.grad = null;
        return (forward, backward);
    }

    /// <summary>How far the two sides are apart: the largest difference over the largest absolute value of the baseline's.</summary>
    /// <param name="kernel">The case.</param>
    /// <returns>Of the results, and of the inputs' gradients.</returns>
    public static (double Result, double Gradients) Compare(KernelCase kernel)
    {
        using var scope = NewDisposeScope();
        var (ours, baseline) = (Values(kernel, kernel.Ours), Values(kernel, kernel.Baseline));
        return (Difference(ours[0], baseline[0]), ours.Zip(baseline, Difference).Skip(1).Append(0).Max());
    }

    // The result, then the gradients of the inputs.
    private static List<Tensor> Values(KernelCase kernel, Func<Tensor> side)
    {
        var result = side();
        if (kernel.Inputs.Count == 0) return [result.detach()];
        // Rows of unequal weight: the gradient of a plain sum is zero for some operators.
        var rows = arange(1, result.shape[0] + 1, dtype: ScalarType.Float32) / result.shape[0];
        result.backward([rows.view([-1, .. Enumerable.Repeat(1L, result.shape.Length - 1)]).expand(result.shape).to(result.dtype)]);
        List<Tensor> values = [result.detach(), .. kernel.Inputs.Select(input => input.grad!.clone())];
        foreach (var input in kernel.Inputs) input.grad = null;
        return values;
    }

    private static double Difference(Tensor ours, Tensor baseline)
    {
        using var scope = NewDisposeScope();
        var (our, their) = (ours.to(ScalarType.Float32), baseline.to(ScalarType.Float32));
        return (our - their).abs().max().item<float>() / Math.Max(their.abs().max().item<float>(), float.Epsilon);
    }
}
