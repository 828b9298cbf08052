using AlignSharp.Benchmarks.Check;
using AlignSharp.Benchmarks.Generate;
using AlignSharp.Benchmarks.Kernels;
using AlignSharp.Benchmarks.Load;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Read;
using AlignSharp.Benchmarks.Render;
using AlignSharp.Benchmarks.SevenBillion;
using AlignSharp.Benchmarks.Step;
using AlignSharp.Benchmarks.Tokenize;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Benchmarks;

/// <summary>The whole command line: finds the benchmark, runs it, prints a fault, and answers with the exit code.</summary>
/// <param name="output">Results.</param>
/// <param name="error">Everything else.</param>
internal sealed class CommandLine(TextWriter output, TextWriter error)
{
    private const int Done = 0, Internal = 1, Usage = 2;

    private static readonly Dictionary<string, Benchmark> Benchmarks = new(StringComparer.Ordinal)
    {
        ["step"] = StepCommand.Benchmark,
        ["kernels"] = KernelsCommand.Benchmark,
        ["load"] = LoadCommand.Benchmark,
        ["read"] = ReadCommand.Benchmark,
        ["tokenize"] = TokenizeCommand.Benchmark,
        ["check"] = CheckCommand.Benchmark,
        ["render"] = RenderCommand.Benchmark,
        ["generate"] = GenerateCommand.Benchmark,
        ["seven-billion"] = SevenBillionCommand.Benchmark,
    };

    /// <summary>Runs one command line.</summary>
    /// <param name="words">The words after the program's name.</param>
    /// <returns>0 done, 1 an error of the program itself, 2 usage.</returns>
    public int Run(IReadOnlyList<string> words)
    {
        try
        {
            var benchmark = Find(words);
            if (benchmark is null || words.Contains("--help")) WriteHelp(benchmark);
            else Run(benchmark, new Arguments([.. words.Skip(1)], benchmark.Values, benchmark.Switches));
            return Done;
        }
        catch (AlignSharpException fault)
        {
            error.WriteLine($"benchmarks: error: {fault.Message.ReplaceLineEndings(" ")}");
            return Usage;
        }
        catch (Exception fault)
        {
            error.WriteLine($"benchmarks: internal error: {fault}");
            return Internal;
        }
    }

    private void Run(Benchmark benchmark, Arguments arguments)
    {
        ReportFile.RequireFolder(arguments);
        benchmark.Run(arguments, output, error);
    }

    private static Benchmark? Find(IReadOnlyList<string> words)
    {
        if (words.Count > 0 && words[0] == "--help") return null;
        var all = string.Join(", ", Benchmarks.Keys);
        if (words.Count == 0 || words[0].StartsWith('-')) throw new ConfigurationException($"a benchmark is missing; expected one of {all}");
        return Benchmarks.GetValueOrDefault(words[0])
            ?? throw new ConfigurationException($"\"{words[0]}\" is no benchmark; did you mean {KeyTable.Nearest(words[0], Benchmarks.Keys)}? expected one of {all}");
    }

    private void WriteHelp(Benchmark? benchmark)
    {
        foreach (var (name, each) in Benchmarks)
            if (benchmark is null || benchmark == each) output.WriteLine($"{name} {each.Usage}\n    {each.Purpose}");
    }
}
