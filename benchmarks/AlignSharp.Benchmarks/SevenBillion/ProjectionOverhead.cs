using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Quantization;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.SevenBillion;

/// <summary>What a projection of 4 bits costs over the same one in bfloat16, forward and backward.</summary>
/// <param name="Tokens">Rows of the input.</param>
/// <param name="Inputs">Width of the input.</param>
/// <param name="Outputs">Width of the output.</param>
/// <param name="ForwardPercent">Time of the forward pass over that of the bfloat16 one, less 1, in percent: the median of turns.</param>
/// <param name="BackwardPercent">The same of the gradient of the input.</param>
internal sealed record ProjectionOverhead(int Tokens, int Inputs, int Outputs, double ForwardPercent, double BackwardPercent)
{
    private const int Ins = 4096;
    private static readonly int[] Outs = [4096, 11008];
    private static readonly int[] Rows = [64, 256, 1024];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    /// <summary>The sizes that the project has figures for.</summary>
    public static IReadOnlyList<ProjectionOverhead> MeasureAll() =>
        [.. from outputs in Outs from tokens in Rows select Measure(tokens, Ins, outputs)];

    private static ProjectionOverhead Measure(int tokens, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        var dense = randn(outputs, inputs).mul(0.02).to(ScalarType.BFloat16);
        using var weight = FourBitQuantizer.Quantize(dense, new FourBitOptions { DoubleQuantization = true }, "weight");
        LinearMap plain = new(dense), codes = new(weight.Matrix);
        Tensor x = randn(tokens, inputs).to(ScalarType.BFloat16).requires_grad_(), slope = randn(tokens, outputs).to(ScalarType.BFloat16);
        var (forward, backward) = (new List<double>(), new List<double>());
        var begun = Stopwatch.GetTimestamp();
        // In turns, so that both meet the same hour of the machine; the first ones are not counted.
        for (var turn = -2; turn < 10 || Stopwatch.GetElapsedTime(begun) < Time; turn++)
        {
            var (theirs, ours) = (Once(x, slope, plain), Once(x, slope, codes));
            if (turn < 0) continue;
            forward.Add(ours.Forward / theirs.Forward);
            backward.Add(ours.Backward / theirs.Backward);
        }
        return new ProjectionOverhead(tokens, inputs, outputs, 100 * (Timings.MedianOf(forward) - 1), 100 * (Timings.MedianOf(backward) - 1));
    }

    private static (double Forward, double Backward) Once(Tensor x, Tensor slope, LinearMap map)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        var output = Linear.Apply(x, map);
        var forward = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        started = Stopwatch.GetTimestamp();
        autograd.backward([output], [slope]);
        var backward = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        x.grad = null;
        return (forward, backward);
    }
}
