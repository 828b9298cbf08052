using System.Globalization;
using System.Text.Json;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.Step;

/// <summary><c>step</c>: the whole training step against the plain baseline.</summary>
internal static class StepCommand
{
    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "The DPO step against what TRL does, on the same libtorch; without an option that names a shape, a table of shapes.",
        "[--quick] [--dtype fp32|bf16] [--pairs N] [--prompt A[:B]] [--completion A[:B]] [--hidden N] [--layers N] [--heads N] [--kv_heads N] [--inter N] [--vocab N] "
        + "[--rank N] [--steps N] [--seed N] [--reference_known] [--checkpointing] [--json FILE]",
        StepOptions.Values, StepOptions.Switches, Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        var options = StepOptions.Read(arguments);
        ComputeThreads.Configure();
        if (arguments.Text(SideRun.Option) is { } side)
            output.WriteLine(JsonSerializer.Serialize(TorchThread.Run(() => SideRun.Measure(options.Shapes[0], side)), ReportFile.Json));
        else
            ReportFile.Write(arguments, TorchThread.Run(() => MeasureAll(options, output, error)));
    }

    private static StepReport MeasureAll(StepOptions options, TextWriter output, TextWriter error)
    {
        var machine = Machine.Examine();
        output.WriteLine(machine);
        output.WriteLine();
        var shapes = MeasureShapes(options, output, error);
        var profile = StepProfile.Measure(options.Shapes[0]);
        profile.Print(output);
        var growth = MeasureGrowth(options.Growth, output);
        var memory = options.Endurance is { } endurance ? MeasureMemory(endurance, output) : null;
        output.WriteLine();
        output.WriteLine($"ms: medians of a step; both sides took turns over the same batches in one process, {StepShape.StepsATurn} measured steps a turn behind one that is not, after {StepShape.WarmUp} steps of warm-up. min: the shortest.");
        output.WriteLine("tok/s: both full sequences of a pair, the prompt counted twice. ratio: the baseline's time over ours, step by step, the median.");
        output.WriteLine("MiB: peak resident memory of a process of its own that runs only that side, three steps over the run's largest batch.");
        output.WriteLine("gemm: GFLOP/s of libtorch's matrix products here, medians of the fastest. share: what the needed work would take at that rate, of our time.");
        return new StepReport(machine, shapes) { Profile = profile, Growth = growth, Memory = memory };
    }

    private static List<StepResult> MeasureShapes(StepOptions options, TextWriter output, TextWriter error)
    {
        var table = new TextTable(output, ("shape", 28), ("ours ms", 8), ("min", 7), ("tok/s", 7), ("MiB", 6),
            ("baseline ms", 8), ("min", 7), ("tok/s", 7), ("MiB", 6), ("ratio", 6), ("gemm", 6), ("share", 6), ("loss diff", 8));
        var results = new List<StepResult>();
        foreach (var shape in options.Shapes)
        {
            var contest = StepContest.Run(shape, options.GemmTime);
            var result = contest with
            {
                Ours = contest.Ours with { PeakMib = SideRun.InChild(shape, "ours").PeakMib },
                Baseline = contest.Baseline with { PeakMib = SideRun.InChild(shape, "baseline").PeakMib },
            };
            table.Row([shape.Name, .. Cells(result.Ours), .. Cells(result.Baseline), TextTable.Number(result.Ratio), TextTable.Number(result.GemmGflops),
                TextTable.Number(result.GemmShare), result.LossDifference.ToString("0.0e+0", CultureInfo.InvariantCulture)]);
            if (result.IsNoisy) error.WriteLine($"warning: {shape.Name}: equal work took up to {TextTable.Number(result.Spread)} times as long as the fastest step; something else runs here, measure again");
            results.Add(result);
        }
        return results;
    }

    private static string[] Cells(SideResult side) =>
        [TextTable.Number(side.Ms), TextTable.Number(side.MinMs), TextTable.Number(side.TokensPerSecond), TextTable.Number(side.PeakMib!.Value)];

    private static List<GrowthRow> MeasureGrowth(IReadOnlyList<StepShape> shapes, TextWriter output)
    {
        if (shapes.Count == 0) return [];
        output.WriteLine();
        var table = new TextTable(output, ("ours, small model, growing", 28), ("ms", 8), ("us/token", 9));
        var rows = new List<GrowthRow>();
        foreach (var shape in shapes)
        {
            var row = GrowthRow.Measure(shape);
            table.Row(shape.Name, TextTable.Number(row.Ms), TextTable.Number(row.UsPerToken));
            rows.Add(row);
        }
        return rows;
    }

    private static SideRun MeasureMemory(StepShape shape, TextWriter output)
    {
        var memory = SideRun.InChild(shape, "memory");
        output.WriteLine();
        output.WriteLine($"ours, resident memory over {shape.Batches} steps of a small model: {TextTable.Number(memory.FirstMib)} MiB after a tenth, {TextTable.Number(memory.LastMib)} MiB at the end, peak {TextTable.Number(memory.PeakMib)} MiB");
        return memory;
    }
}
