using System.CommandLine;
using AlignSharp.Cli.Charts;
using AlignSharp.Cli.Terminal;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Cli.Commands.Data;

/// <summary><c>align data stats</c>: how long rows are.</summary>
internal static class StatsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("stats", "Show how long rows are: in tokens with a tokenizer, else in characters.");
        var options = new CommandOptions(command);
        var plot = options.Values("plot", "FILE", "Draw the histograms into a .png or .svg file, too; may be given several times.");
        var json = options.Switch("json", "Print one JSON object a part of the rows.");
        var data = new DatasetArguments(command, "stats [FILE] [--tokenizer DIR]", "");
        command.SetAction((parsed, cancellation) =>
        {
            var charts = (parsed.GetValue(plot) ?? []).Select(LengthChart.At).ToList();
            var run = data.Read(parsed);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var line = new CountingLine(error, "rows measured");
            var profiles = DatasetLengths.Measure(run, error.WriteLine, line.Show, cancellation);
            line.Clear();
            foreach (var profile in profiles)
            {
                if (parsed.GetValue(json)) JsonLines.Write(output, HistogramView.Figures(profile, run.MaxLength));
                else HistogramView.Write(output, profile, run.MaxLength);
            }
            foreach (var chart in charts) error.WriteLine(chart.Draw(profiles, run.MaxLength));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
