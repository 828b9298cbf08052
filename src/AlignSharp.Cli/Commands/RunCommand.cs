using System.CommandLine;
using System.Globalization;
using AlignSharp.Recipes.Pipelines;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align run</c>: the stages of a pipeline file.</summary>
internal static class RunCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="run">Runs one command line; what it writes to standard output goes to the writer, or where results go when that is null.</param>
    public static Command Create(Func<IReadOnlyList<string>, TextWriter?, CancellationToken, int> run)
    {
        var command = new Command("run", "Run the stages of a pipeline; those whose inputs have not changed are skipped, and a failed one is where the same command goes on.");
        var options = new CommandOptions(command);
        var file = options.File("Pipeline: output_dir, stages, scales (docs/guide/pipelines.md).");
        var scale = options.Value("scale", "NAME", "One of the file's scales, whose values replace those of the stages.");
        var dryRun = options.Switch("dry_run", "Print the command of each stage and stop.");
        command.SetAction((parsed, cancellation) =>
        {
            var pipeline = PipelineReader.Read(parsed.GetValue(file)!, parsed.GetValue(scale));
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(dryRun))
            {
                foreach (var stage in pipeline.Stages) output.WriteLine($"{stage.Name}: align {string.Join(' ', stage.Words)}");
                return Task.FromResult(ExitCodes.Done);
            }
            var outcomes = PipelineRecipe.Run(pipeline, (words, writer) => run(words, writer, cancellation), error.WriteLine, cancellation);
            Summarize(outcomes, output);
            return Task.FromResult(outcomes.Select(outcome => outcome.ExitCode ?? 0).FirstOrDefault(code => code != 0));
        });
        return command;
    }

    private static void Summarize(IReadOnlyList<StageOutcome> outcomes, TextWriter output)
    {
        var width = outcomes.Max(outcome => outcome.Stage.Name.Length);
        output.WriteLine();
        foreach (var outcome in outcomes)
        {
            var (mark, what) = outcome switch
            {
                { IsSkipped: true } => ("·", "unchanged"),
                { ExitCode: 0 } => ("✓", "done"),
                { ExitCode: ExitCodes.Interrupted } => ("✗", "interrupted; the same command goes on here"),
                { ExitCode: { } code } => ("✗", $"failed with {code}; the same command goes on here"),
                _ => (" ", "not reached"),
            };
            var seconds = outcome.ExitCode is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{outcome.Seconds,8:0.0} s");
            output.WriteLine($"{mark} {outcome.Stage.Name.PadRight(width)} {seconds,10}  {what}{(outcome.ExitCode == 0 || outcome.IsSkipped ? Where(outcome.Stage) : "")}");
        }
    }

    private static string Where(PipelineStage stage) => (stage.StandardOutput ?? stage.OutputDir) is { } place ? $": {place}" : "";
}
