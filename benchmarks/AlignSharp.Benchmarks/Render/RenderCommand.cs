using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Data.Chat;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.Render;

/// <summary><c>render</c>: conversations to text by a chat template.</summary>
internal static class RenderCommand
{
    private const int Rounds = 7, WarmUp = 2_000;
    private static readonly Dictionary<string, string> Tokens = new() { ["bos_token"] = "<|begin_of_text|>" };

    /// <summary>The benchmark.</summary>
    public static Benchmark Benchmark { get; } = new(
        "Conversations of two turns to text on one thread, by templates like ChatML, Llama 3 and one with tools, parsed once.",
        "[--renders N=20000] [--json FILE]", ["renders", "json"], [], Run);

    private static void Run(Arguments arguments, TextWriter output, TextWriter error)
    {
        var renders = arguments.Whole("renders", 20_000);
        var machine = TorchThread.Run(Machine.Examine);
        output.WriteLine(machine);
        output.WriteLine();
        var table = new TextTable(output, ("template", 10), ("renders/s", 10), ("median", 10), ("characters", 10));
        var sides = new List<RenderSide>();
        foreach (var test in RenderCase.All)
        {
            sides.Add(Measure(test, renders));
            table.Row(test.Name, TextTable.Number(sides[^1].RendersPerSecond), TextTable.Number(sides[^1].MedianPerSecond), $"{sides[^1].Characters}");
        }
        output.WriteLine();
        output.WriteLine($"Rounds of {renders} renders: the best and the median of {Rounds}. No baseline: this process has no other interpreter.");
        ReportFile.Write(arguments, new { Machine = machine, Renders = renders, Sides = sides });
    }

    private static RenderSide Measure(RenderCase test, int renders)
    {
        var template = ChatTemplate.Parse(test.Template, test.Name, Tokens);
        var options = new ChatRenderOptions { Tools = test.Tools };
        var characters = 0;
        // Enough renders that the runtime has compiled its best code.
        Render(WarmUp);
        var seconds = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            Render(renders);
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return new RenderSide(test.Name, characters, renders / seconds.Min(), renders / Timings.MedianOf(seconds));

        void Render(int count)
        {
            for (var i = 0; i < count; i++) characters = template.Render(test.Messages, options).Text.Length;
        }
    }
}
