using System.Diagnostics;
using System.Text;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.Tokenize;

/// <summary><c>tokenize</c>: text to token ids.</summary>
internal static class TokenizeCommand
{
    private const int TrainingBytes = 1_000_000, TrainedVocabulary = 4000, Rounds = 3, Seed = 1;

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "Text to token ids with one thread and with all, by a byte-level BPE trained on the spot or by the tokenizer of a folder.",
        "[--mib N=16] [--tokenizer DIR] [--json FILE]", ["mib", "tokenizer", "json"], [], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        var bytes = (long)arguments.Whole("mib", 16) << 20;
        var text = new GeneratedText(Seed);
        var tokenizer = arguments.Text("tokenizer") is { } folder
            ? TokenizerFolder.Load(folder)
            : BpeTrainer.Train(text.Rows(TrainingBytes), new BpeTrainerOptions { VocabularySize = TrainedVocabulary }).Load();
        var rows = text.Rows(bytes);

        var machine = TorchThread.Run(Machine.Examine);
        output.WriteLine(machine);
        output.WriteLine();
        var sides = Measure(tokenizer, rows);
        var table = new TextTable(output, ("threads", 8), ("MB/s", 8), ("ids/s", 10));
        foreach (var side in sides) table.Row($"{side.Threads}", TextTable.Number(side.MbPerSecond), TextTable.Number(side.IdsPerSecond));
        output.WriteLine();
        output.WriteLine($"{rows.Count} rows of generated text, {tokenizer.VocabularySize} tokens; medians of turns. No baseline: this process has no other tokenizer.");
        ReportFile.Write(arguments, new { Machine = machine, Rows = rows.Count, tokenizer.VocabularySize, Sides = sides });
    }

    private static IReadOnlyList<TokenizeSide> Measure(ITokenizer tokenizer, IReadOnlyList<string> rows)
    {
        int[] threads = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        var seconds = threads.ToDictionary(count => count, _ => new List<double>());
        // The first turn of all compiles the code.
        var ids = Encode(tokenizer, rows, threads[^1]).Ids;
        for (var round = 0; round < Rounds; round++)
            foreach (var count in threads) seconds[count].Add(Encode(tokenizer, rows, count).Seconds);
        var megabytes = rows.Sum(row => (long)Encoding.UTF8.GetByteCount(row)) / 1e6;
        return [.. threads.Select(count => (count, Median: Timings.MedianOf(seconds[count]))).Select(s => new TokenizeSide(s.count, megabytes / s.Median, ids / s.Median))];
    }

    private static (long Ids, double Seconds) Encode(ITokenizer tokenizer, IReadOnlyList<string> rows, int threads)
    {
        var started = Stopwatch.GetTimestamp();
        var ids = rows.AsParallel().WithDegreeOfParallelism(threads).Sum(row => (long)tokenizer.Encode(row).Length);
        return (ids, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
