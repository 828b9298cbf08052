using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Models;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Generate;

/// <summary><c>generate</c>: reading prompts and writing completions, against what the machine could do.</summary>
internal static class GenerateCommand
{
    private static readonly int[] Batches = [1, 8, 32];

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "Prompt and completion tokens a second of a random model, against the rate of matrix products and the bandwidth of memory.",
        "[--quick] [--dtype fp32|bf16] [--prompt A[:B]] [--max_new_tokens N=32] [--hidden N] [--layers N] [--heads N] [--kv_heads N] [--inter N] [--vocab N] [--seed N] [--json FILE]",
        ["dtype", "prompt", "max_new_tokens", .. ModelShape.Options, "seed", "json"], ["quick"], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        var shape = ModelShape.Read(arguments, arguments.Has("quick") ? ModelShape.Quick : ModelShape.Standard);
        var (type, seed) = (Dtypes.Read(arguments), arguments.Whole("seed", 1, least: 0));
        var prompt = LengthRange.Parse("prompt", arguments.Text("prompt") ?? "128");
        var newTokens = arguments.Whole("max_new_tokens", 32, least: 2);
        ComputeThreads.Configure();
        ReportFile.Write(arguments, TorchThread.Run(() =>
        {
            var machine = Machine.Examine();
            output.WriteLine(machine);
            output.WriteLine();
            using var model = RandomLlama.Create(shape, type, seed, DenseProjection.Create);
            var gemm = new GemmRate(shape, type, Batches[^1] * prompt.Longest, Batches[^1]);
            gemm.Measure(TimeSpan.FromSeconds(arguments.Has("quick") ? 0.2 : 1));
            var memoryRate = MemoryRate.Measure();
            var run = new GenerationRun(shape, model, prompt, newTokens, seed);
            var results = MeasureAll(run, gemm.Gflops, memoryRate, output);
            return new { Machine = machine, Dtype = Dtypes.NameOf(type), Shape = shape, Prompt = prompt.ToString(), MaxNewTokens = newTokens, GemmGflops = gemm.Gflops, MemoryGbPerSecond = memoryRate, Batches = results };
        }));
    }

    private static List<GenerationResult> MeasureAll(GenerationRun run, double gemmGflops, double memoryRate, TextWriter output)
    {
        var table = new TextTable(output, ("batch", 6), ("prefill tok/s", 8), ("of gemm", 6), ("decode tok/s", 8), ("GB/s", 6), ("of memory", 6));
        var results = new List<GenerationResult>();
        foreach (var batch in Batches)
        {
            var result = run.Measure(batch, gemmGflops, memoryRate);
            table.Row($"{batch}", TextTable.Number(result.PrefillTokensPerSecond), TextTable.Number(result.PrefillGemmShare),
                TextTable.Number(result.DecodeTokensPerSecond), TextTable.Number(result.DecodeGbPerSecond), TextTable.Number(result.DecodeBandwidthShare));
            results.Add(result);
        }
        output.WriteLine();
        output.WriteLine($"of gemm: what the prompts need at libtorch's rate here, {TextTable.Number(gemmGflops)} GFLOP/s. of memory: weights read a step against {TextTable.Number(memoryRate)} GB/s, the best of reading and copying here.");
        return results;
    }
}
