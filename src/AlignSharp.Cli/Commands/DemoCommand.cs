using System.CommandLine;
using System.Globalization;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Demo;
using AlignSharp.Runtime;
using AlignSharp.Tracking;
using Spectre.Console;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align demo</c>: the whole way on made-up data, and a table of what it changed.</summary>
internal static class DemoCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="output">Standard output: the tables.</param>
    /// <param name="error">Standard error: stages and notes.</param>
    /// <param name="view">Shows the training.</param>
    public static Command Create(TextWriter output, TextWriter error, ITracker view)
    {
        var folder = new Option<string>("--output_dir", "--output-dir") { Description = "Folder for data, models and report.", DefaultValueFactory = _ => "demo-output" };
        var seed = new Option<int>("--seed") { Description = "Seed of data, weights, order and samples.", DefaultValueFactory = _ => new DemoSettings().Seed };
        var command = new Command("demo", "Align a small Llama on made-up questions with a known truth; no network, no files, about two minutes.") { folder, seed };
        command.SetAction((parsed, cancellation) =>
        {
            var settings = new DemoSettings { Seed = parsed.GetValue(seed) };
            var report = TorchThread.Run(() =>
            {
                LibTorch.Load();
                return DemoRecipe.Run(parsed.GetValue(folder)!, settings, new RunHost(view, error.WriteLine), cancellation);
            });
            Print(report, output);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Print(DemoReport report, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // Without a terminal there is no width to fit into.
        if (Console.IsOutputRedirected) console.Profile.Width = 120;
        console.WriteLine();
        console.Write(Figures(report));
        console.WriteLine();
        console.Write(Examples(report.Examples));
        console.WriteLine();
        PrintPaths(report, output);
    }

    private static Table Figures(DemoReport report)
    {
        var table = new Table().RoundedBorder().AddColumn("On held-out questions").AddColumn(new TableColumn("before").RightAligned()).AddColumn(new TableColumn("after DPO").RightAligned());
        void Row(string name, double before, double after, string format) =>
            table.AddRow(name, before.ToString(format, CultureInfo.InvariantCulture), after.ToString(format, CultureInfo.InvariantCulture));
        Row("reward accuracy", report.Before.RewardAccuracy, report.After.RewardAccuracy, "0.000");
        Row("reward margin", report.Before.RewardMargin, report.After.RewardMargin, "0.00");
        Row("sampled answers right and complete", report.Before.AnswerQuality, report.After.AnswerQuality, "0.000");
        foreach (var topic in report.Topics) Row($"  {topic.Topic}", topic.Before, topic.After, "0.00");
        return table;
    }

    private static Table Examples(IReadOnlyList<DemoExample> examples)
    {
        var table = new Table().RoundedBorder().ShowRowSeparators().AddColumn("question").AddColumn("before").AddColumn("after DPO");
        foreach (var e in examples)
            table.AddRow(new Text(e.Question), new Text($"{Mark(e.BeforeIsRight)} {e.Before}"), new Text($"{Mark(e.AfterIsRight)} {e.After}"));
        return table;
    }

    // Not through the console, which would break a command at the edge of the window.
    private static void PrintPaths(DemoReport report, TextWriter output)
    {
        var paths = report.Paths;
        output.WriteLine(FormattableString.Invariant($"{report.Seconds:0} s, {report.PeakMib:0} MiB at most. Everything is in {paths.Folder}: data, sft (the undecided model), dpo (the adapter), demo.json."));
        output.WriteLine("Try next:");
        var question = report.Examples[0].Question.Replace("'", "\\'", StringComparison.Ordinal);
        output.WriteLine($"  align generate --model {paths.Model} --adapter {paths.Adapter} --top_p 0.9 --prompt $'Question: {question}\\n\\nAnswer: '");
        output.WriteLine($"  align dpo --config {paths.Configuration} --beta 0.1 --output_dir {Path.Combine(paths.Folder, "dpo-beta-0.1")}");
        output.WriteLine($"  align score --model {paths.Model} --adapter {paths.Adapter} {paths.TestFile}");
    }

    private static string Mark(bool right) => right ? "✓" : "✗";
}
