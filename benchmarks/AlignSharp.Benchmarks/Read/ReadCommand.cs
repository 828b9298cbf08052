using System.Diagnostics;
using System.Text.Json;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Data.Rows.Formats;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.Read;

/// <summary><c>read</c>: rows out of data files of every format.</summary>
internal static class ReadCommand
{
    // The file that a child reads; the program gives it to itself.
    private const string FileOption = "file";
    private const int Rounds = 3;
    private const double MiB = 1 << 20;

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "Rows of data files in every format, against System.Text.Json on the lines of the same rows.",
        "[--rows N=20000] [--json FILE]", ["rows", "json", FileOption], [], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        if (arguments.Text(FileOption) is { } file) output.WriteLine(JsonSerializer.Serialize(Measure(file), ReportFile.Json));
        else Report(arguments, arguments.Whole("rows", 20_000), output);
    }

    private static void Report(Arguments arguments, int rows, TextWriter output)
    {
        var machine = TorchThread.Run(Machine.Examine);
        output.WriteLine(machine);
        output.WriteLine();
        var folder = Directory.CreateTempSubdirectory("alignsharp-read-").FullName;
        try
        {
            var sides = new Dictionary<string, ReadSide>();
            var table = new TextTable(output, ("", 16), ("MB", 8), ("rows/s", 9), ("MB/s", 8), ("peak MiB", 8), ("ratio", 7));
            foreach (var (name, file) in PairFiles.Write(folder, rows))
            {
                var side = sides[name] = ChildProcess.Run<ReadSide>("read", $"--{FileOption}={Path.Combine(folder, file)}");
                table.Row(name, TextTable.Number(side.Mb), TextTable.Number(side.RowsPerSecond), TextTable.Number(side.MbPerSecond), TextTable.Number(side.PeakMib), TextTable.Number(side.Ratio));
            }
            output.WriteLine();
            output.WriteLine($"{rows} rows of a prompt and 2 x 2 messages (CSV: of three texts); medians of turns. Ratio: to System.Text.Json parsing the lines of the JSONL file and looking at nothing.");
            output.WriteLine("The files were just written, so they come from the system's cache and not from the disk. Peak: of a process that has read the file once.");
            ReportFile.Write(arguments, new { Machine = machine, Rows = rows, Sides = sides });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ReadSide Measure(string file)
    {
        var lines = Path.Combine(Path.GetDirectoryName(file)!, PairFiles.Lines);
        var rows = ReadOurs(file);
        var peak = ProcessMemory.Now().PeakBytes / MiB;
        // Compiles the baseline's code.
        ReadBaseline(lines);
        var (ours, baseline) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            baseline.Add(SecondsOf(() => ReadBaseline(lines)));
            ours.Add(SecondsOf(() => ReadOurs(file)));
        }
        var (seconds, mb) = (Timings.MedianOf(ours), new FileInfo(file).Length / 1e6);
        return new ReadSide(rows, mb, rows / seconds, mb / seconds, peak, Timings.MedianOf(baseline.Zip(ours, (theirs, our) => theirs / our)));
    }

    private static long ReadOurs(string file) => RowFormats.Read(file).LongCount();

    private static void ReadBaseline(string lines)
    {
        foreach (var line in File.ReadLines(lines)) JsonDocument.Parse(line).Dispose();
    }

    private static double SecondsOf(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
