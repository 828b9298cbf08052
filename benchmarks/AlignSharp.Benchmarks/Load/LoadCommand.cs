using System.Diagnostics;
using System.Text.Json;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Load;

/// <summary><c>load</c>: a model folder into memory, against reading its file.</summary>
internal static class LoadCommand
{
    // The folder that a child loads; the program gives it to itself.
    private const string FolderOption = "folder";
    private const int Rounds = 3, BufferBytes = 1 << 20;
    private const double MiB = 1 << 20;

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "A model folder in safetensors loaded as a run loads it, against plainly reading the same file.",
        "[--mib N=500] [--dtype fp32|bf16] [--json FILE]", ["mib", "dtype", "json", FolderOption], [], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        var (mib, type) = (arguments.Whole("mib", 500), Dtypes.Read(arguments));
        ComputeThreads.Configure();
        if (arguments.Text(FolderOption) is { } folder)
            output.WriteLine(JsonSerializer.Serialize(TorchThread.Run(() => Measure(folder, type)), ReportFile.Json));
        else
            Report(arguments, mib, type, output);
    }

    private static void Report(Arguments arguments, int mib, ScalarType type, TextWriter output)
    {
        var machine = TorchThread.Run(Machine.Examine);
        output.WriteLine(machine);
        output.WriteLine();
        var result = MeasureInChild(mib, type);
        var table = new TextTable(output, ("", 28), ("ms", 8), ("MiB/s", 8));
        table.Row($"load as {Dtypes.NameOf(type)}", TextTable.Number(result.Ours.Ms), TextTable.Number(result.Ours.MibPerSecond));
        table.Row("read the file (baseline)", TextTable.Number(result.Baseline.Ms), TextTable.Number(result.Baseline.MibPerSecond));
        output.WriteLine();
        output.WriteLine($"{TextTable.Number(result.Mib)} MiB of bf16; ratio {TextTable.Number(result.Ratio)}; peak {TextTable.Number(result.PeakMib)} MiB of a process that only loads.");
        output.WriteLine("Medians of turns; the file was just written, so both come from the system's cache and not from the disk.");
        ReportFile.Write(arguments, new { Machine = machine, Dtype = Dtypes.NameOf(type), result.Mib, result.Ours, result.Baseline, result.Ratio, result.PeakMib });
    }

    private static LoadResult MeasureInChild(int mib, ScalarType type)
    {
        var folder = Directory.CreateTempSubdirectory("alignsharp-load-").FullName;
        try
        {
            TorchThread.Run(() => RandomModelFolder.Write(folder, mib));
            return ChildProcess.Run<LoadResult>("load", $"--{FolderOption}={folder}", $"--dtype={Dtypes.NameOf(type)}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LoadResult Measure(string folder, ScalarType type)
    {
        var file = Path.Combine(folder, Checkpoint.SingleFile);
        var mib = new FileInfo(file).Length / MiB;
        LoadOnce(folder, type);
        var peak = ProcessMemory.Now().PeakBytes / MiB;
        var (ours, baseline) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            baseline.Add(MillisecondsOf(() => ReadOnce(file)));
            ours.Add(MillisecondsOf(() => LoadOnce(folder, type)));
        }
        LoadSide Side(List<double> ms) => new(mib / Timings.MedianOf(ms) * 1e3, Timings.MedianOf(ms));
        return new LoadResult(mib, Side(ours), Side(baseline), Timings.MedianOf(baseline.Zip(ours, (theirs, our) => theirs / our)), peak);
    }

    private static void LoadOnce(string folder, ScalarType type)
    {
        using var model = ModelFolder.Load(folder, ModelConfigReader.Read(folder), type, CPU);
    }

    private static void ReadOnce(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var buffer = new byte[BufferBytes];
        while (stream.Read(buffer) > 0) { }
    }

    private static double MillisecondsOf(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
