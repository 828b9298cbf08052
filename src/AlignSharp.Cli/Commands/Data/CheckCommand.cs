using System.CommandLine;
using AlignSharp.Cli.Terminal;
using AlignSharp.Data.Checks;
using AlignSharp.Data.Checks.Reports;
using AlignSharp.Data.Files;
using AlignSharp.Data.Rows;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Cli.Commands.Data;

/// <summary><c>align data check</c>: what would ruin a run.</summary>
internal static class CheckCommand
{
    private const string Never = "never";

    private static readonly Dictionary<string, FindingSeverity> Severities = new(StringComparer.Ordinal)
    {
        ["error"] = FindingSeverity.Error,
        ["warning"] = FindingSeverity.Warning,
        [Never] = (FindingSeverity)int.MaxValue,
    };

    /// <summary>Creates the command.</summary>
    /// <param name="isTerminal">Whether the output is a terminal, which shows colours.</param>
    public static Command Create(bool isTerminal)
    {
        var command = new Command("check", "Look through preferences for what ruins a run: as texts, and as they are tokenised and cut.");
        var options = new CommandOptions(command);
        var json = options.Switch("json", "Print the report as one JSON object.");
        var html = options.Value("html", "FILE", "Write the report as a page, too.");
        var failOn = options.Value("fail_on", "error|warning|never", "What makes the exit code 3 [error].");
        var fix = options.Value("fix", "FILE", "Write a copy without the rows at fault, and beside it FILE.removed.jsonl with what went and why.");
        var data = new DatasetArguments(command, "check [FILE] [--tokenizer DIR]", """
            An evaluation set (eval_dataset_name, or a test split beside the training rows) is compared
            with the training set. docs/guide/data-check.md says what is looked for and why. The exit code
            is 0, or 3 where something of the severity of --fail_on was found.
            """);
        command.SetAction((parsed, cancellation) =>
        {
            var fails = CommandOptions.Choice(parsed, failOn, Severities) ?? FindingSeverity.Error;
            var run = data.Read(parsed);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var copy = parsed.GetValue(fix) is { } target ? new CleanedCopy(target) : null;
            var line = new CountingLine(error, "rows looked at");
            var (report, readable) = DatasetChecking.Run(run, error.WriteLine, line.Show, cancellation);
            line.Clear();
            if (parsed.GetValue(json)) output.WriteLine(CheckReportJson.Write(report));
            else ReportView.Write(output, report, isTerminal);
            if (parsed.GetValue(html) is { } page)
            {
                AtomicFile.WriteText(page, CheckReportHtml.Write(report));
                error.WriteLine($"the page is {page}");
            }
            if (copy is not null) error.WriteLine(copy.Write(run.Training(), readable, report, cancellation));
            return Task.FromResult(report.Worst is { } worst && worst >= fails ? ExitCodes.Data : ExitCodes.Done);
        });
        return command;
    }
}
