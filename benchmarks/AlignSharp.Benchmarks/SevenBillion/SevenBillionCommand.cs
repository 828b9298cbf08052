using System.Diagnostics;
using System.Text.Json;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Recipes;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.SevenBillion;

/// <summary><c>seven-billion</c>: QLoRA over a model of Llama-2-7B's shape on one small machine, each phase in a process of its own.</summary>
internal static class SevenBillionCommand
{
    // The phase that a child measures; the program gives it to itself.
    private const string PhaseOption = "phase";
    private const string Projection = "projection";

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "A model of Llama-2-7B's shape, made, loaded into 4 bits, and trained by DPO with QLoRA: seconds and private memory. Takes 13.5 GB of disk and some minutes.",
        "[--folder DIR] [--layers N=32] [--steps N=2] [--json FILE]", ["folder", "layers", "steps", "json", PhaseOption], [], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        ComputeThreads.Configure();
        var (folder, layers, steps) = (arguments.Text("folder"), arguments.Whole("layers", 32), arguments.Whole("steps", 2));
        if (arguments.Text(PhaseOption) is { } phase)
        {
            if (phase == Projection)
            {
                output.WriteLine(JsonSerializer.Serialize(TorchThread.Run(ProjectionOverhead.MeasureAll), ReportFile.Json));
                return;
            }
            output.WriteLine(JsonSerializer.Serialize(TorchThread.Run(() => phase == "make" ? Make(folder!, layers) : QloraSteps.Measure(folder!, phase == "checkpointing", steps)), ReportFile.Json));
            return;
        }
        if (folder is not null && Directory.Exists(folder))
        {
            Report(arguments, folder, null, steps, output);
            return;
        }
        // A folder that was named is kept for the next time.
        var place = folder ?? Path.Combine(Path.GetTempPath(), $"alignsharp-seven-billion-{Environment.ProcessId}");
        try
        {
            Report(arguments, place, ChildProcess.Run<PhaseResult>("seven-billion", $"--{PhaseOption}=make", $"--folder={place}", $"--layers={layers}"), steps, output);
        }
        finally
        {
            if (folder is null && Directory.Exists(place)) Directory.Delete(place, recursive: true);
        }
    }

    private static ProjectionOverhead[] WriteProjections(TextWriter output)
    {
        var overheads = ChildProcess.Run<ProjectionOverhead[]>("seven-billion", $"--{PhaseOption}={Projection}");
        var table = new TextTable(output, ("4-bit projection over bf16", 44), ("forward %", 10), ("backward %", 10));
        foreach (var each in overheads) table.Row($"{each.Tokens} tokens, {each.Inputs} x {each.Outputs}", TextTable.Number(each.ForwardPercent), TextTable.Number(each.BackwardPercent));
        output.WriteLine();
        return overheads;
    }

    private static PhaseResult Make(string folder, int layers)
    {
        using var memory = new PrivateMemoryWatch();
        var started = Stopwatch.GetTimestamp();
        InitRecipe.Run(InitRunOptions.OfShape(folder, "llama-2-7b") with { Layers = layers }, _ => { });
        return new PhaseResult(Stopwatch.GetElapsedTime(started).TotalSeconds, memory.PeakBytes / (double)(1L << 30));
    }

    private static void Report(Arguments arguments, string folder, PhaseResult? made, int steps, TextWriter output)
    {
        var machine = TorchThread.Run(Machine.Examine);
        output.WriteLine(machine);
        output.WriteLine();
        PhaseResult Steps(string phase) => ChildProcess.Run<PhaseResult>("seven-billion", $"--{PhaseOption}={phase}", $"--folder={folder}", $"--steps={steps}");
        var table = new TextTable(output, ("", 44), ("s", 8), ("GiB private", 12));
        void Row(string name, double seconds, double gib) => table.Row(name, TextTable.Number(seconds), TextTable.Number(gib));
        if (made is not null) Row("make the model (bf16 shards)", made.Seconds, made.PeakPrivateGib);
        var (with, without) = (Steps("checkpointing"), Steps("plain"));
        Row("load into 4 bits (nf4, nested scales)", with.LoadSeconds, with.LoadPrivateGib);
        foreach (var (name, phase) in new[] { ("with checkpointing", with), ("without checkpointing", without) })
        {
            Row($"step {name}", phase.Seconds, phase.PeakPrivateGib);
            Row($"  its reference known", phase.ReferenceKnownSeconds, phase.PeakPrivateGib);
        }
        table.Row("save the adapter", TextTable.Number(with.SaveSeconds), "");
        output.WriteLine();
        var overheads = WriteProjections(output);
        output.WriteLine($"GEMM rate {TextTable.Number(without.GemmGflops)} GFLOP/s; the step's share of it without checkpointing {TextTable.Number(without.GemmShare)}, with it {TextTable.Number(with.GemmShare)} ({TextTable.Number(with.GemmShareDone)} with what it computes twice).");
        output.WriteLine("One pair of 512 + 512 tokens that share a prompt of 256 (768 packed), rank 8 on all projections of the layers; medians after a step that is not measured.");
        ReportFile.Write(arguments, new { Machine = machine, Make = made, Checkpointing = with, Plain = without, Projections = overheads });
    }
}
