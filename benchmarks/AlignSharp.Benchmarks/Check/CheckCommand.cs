using System.Diagnostics;
using System.Text.Json;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Tokenize;
using AlignSharp.Data.Checks;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.Check;

/// <summary><c>check</c>: the linter over preferences.</summary>
internal static class CheckCommand
{
    // What a child is told; the program gives it to itself.
    private const string Alone = "alone";
    private const int Seed = 1, Eos = 2, WordsLeast = 58, WordsMost = 172;
    private const double MiB = 1 << 20;

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "The linter over tokenised preferences of chance: seconds and peak memory.", "[--pairs N=200000] [--json FILE]", ["pairs", "json"], [Alone], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        var pairs = arguments.Whole("pairs", 200_000);
        if (arguments.Has(Alone)) output.WriteLine(JsonSerializer.Serialize(Measure(pairs), ReportFile.Json));
        else Report(arguments, pairs, output);
    }

    private static void Report(Arguments arguments, int pairs, TextWriter output)
    {
        var machine = TorchThread.Run(Machine.Examine);
        output.WriteLine(machine);
        output.WriteLine();
        var result = ChildProcess.Run<CheckResult>("check", $"--pairs={pairs}", $"--{Alone}");
        var table = new TextTable(output, ("pairs", 10), ("Mchars", 8), ("add s", 8), ("finish s", 8), ("peak MiB", 9), ("findings", 8));
        table.Row($"{result.Pairs}", TextTable.Number(result.Characters / 1e6), TextTable.Number(result.AddSeconds), TextTable.Number(result.FinishSeconds), TextTable.Number(result.PeakMib), $"{result.Findings}");
        ReportFile.Write(arguments, new { Machine = machine, Result = result });
    }

    private static CheckResult Measure(int pairs)
    {
        var (random, text) = (new Random(Seed), new GeneratedText(Seed));
        var check = new PreferenceCheck(new PreferenceCheckOptions { EosIds = [Eos] });
        for (var row = 1; row <= pairs / 100; row++) check.AddEvaluation(Pair(text, random, new RowPosition("eval", row)));
        var (characters, added) = (0L, TimeSpan.Zero);
        for (var row = 1; row <= pairs; row++)
        {
            var pair = Pair(text, random, new RowPosition("train", row));
            characters += pair.Prompt.Length + pair.Chosen.Length + pair.Rejected.Length;
            var started = Stopwatch.GetTimestamp();
            check.Add(pair);
            added += Stopwatch.GetElapsedTime(started);
        }
        var last = Stopwatch.GetTimestamp();
        var report = check.Finish();
        return new CheckResult(pairs, characters, added.TotalSeconds, Stopwatch.GetElapsedTime(last).TotalSeconds, ProcessMemory.Now().PeakBytes / MiB, report.Findings.Count);
    }

    private static CheckedPair Pair(GeneratedText text, Random random, RowPosition source)
    {
        string Text() => text.Text(random.Next(WordsLeast, WordsMost));
        var (prompt, chosen, rejected) = (Text(), Text(), Text());
        var ids = new TokenizedPair(Ids(prompt), [.. Ids(chosen), Eos], [.. Ids(rejected), Eos], source);
        return new CheckedPair(source, prompt, chosen, rejected, ids, ids, IsSplitApart: false, ChosenScore: null, RejectedScore: null);
    }

    private static int[] Ids(string text) => [.. text.Split(' ').Select(word => Eos + 1 + word.Length)];
}
