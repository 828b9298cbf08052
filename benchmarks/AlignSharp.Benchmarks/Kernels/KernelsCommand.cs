using System.Globalization;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary><c>kernels</c>: each operator of the engine against plain operators of the same libtorch.</summary>
internal static class KernelsCommand
{
    /// <summary>The operators. To add one: its case here, its plain composition in Baselines, both under the operator's name.</summary>
    public static IReadOnlyDictionary<string, Func<KernelSizes, KernelCase>> Cases { get; } = new Dictionary<string, Func<KernelSizes, KernelCase>>(StringComparer.Ordinal)
    {
        ["RmsNormalization"] = RmsNormalizationCase.Create,
        ["Rotary"] = RotaryCase.Create,
        ["SegmentAttention"] = SegmentAttentionCase.Create,
        ["SwiGlu"] = SwiGluCase.Create,
        ["Linear"] = LinearCase.Create,
        ["LogProbHead"] = LogProbHeadCase.Create,
        ["AdamWStep"] = AdamWStepCase.Create,
    };

    private static readonly ScalarType[] Types = [ScalarType.BFloat16, ScalarType.Float32];

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "The engine's operators, forward and backward, each against a composition of plain operators.",
        "[--quick] [--json FILE]", ["json"], ["quick"], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        ComputeThreads.Configure();
        var quick = arguments.Has("quick");
        ReportFile.Write(arguments, TorchThread.Run(() => MeasureAll(quick, output)));
    }

    private static object MeasureAll(bool quick, TextWriter output)
    {
        var machine = Machine.Examine();
        output.WriteLine(machine);
        output.WriteLine();
        var table = new TextTable(output, ("operator", 17), ("pass", 8), ("dtype", 5), ("size", 22), ("ours ms", 8), ("baseline ms", 8), ("ratio", 6), ("GFLOP/s", 7), ("GB/s", 6), ("difference", 10));
        var run = new KernelRun(TimeSpan.FromSeconds(quick ? 0.3 : 2));
        var results = new List<KernelResult>();
        foreach (var type in Types)
            foreach (var create in Cases.Values)
            {
                using var scope = NewDisposeScope();
                using var kernel = create(Sizes(quick, type));
                foreach (var result in run.Measure(kernel, type))
                {
                    table.Row(result.Name, result.Pass, result.Dtype, result.Size, TextTable.Number(result.OursMs), TextTable.Number(result.BaselineMs), TextTable.Number(result.Ratio),
                        result.Gflops is { } rate ? TextTable.Number(rate) : "", TextTable.Number(result.GbPerSecond), result.Difference.ToString("0.0e+0", CultureInfo.InvariantCulture));
                    results.Add(result);
                }
            }
        output.WriteLine();
        output.WriteLine("ms: medians of calls in turns. GB/s counts what must be read and written, once. difference: of the results, or of the gradients, over the largest value.");
        return new { Machine = machine, Kernels = results };
    }

    private static KernelSizes Sizes(bool quick, ScalarType type) => quick ? new(ModelShape.Quick, type, Pairs: 2, Length: 32) : new(ModelShape.Standard, type, Pairs: 4, Length: 128);
}
