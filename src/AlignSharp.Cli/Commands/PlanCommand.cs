using System.CommandLine;
using AlignSharp.Recipes.Planning;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align plan</c>: what a run will take, before it starts.</summary>
internal static class PlanCommand
{
    private const string Purpose = "Say what a training run will take: memory, disk and time, and the largest batch that fits.";

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var method = new Option<string?>("--method") { HelpName = "dpo|sft", Description = "Whose keys the configuration has." };
        var json = new Option<bool>("--json") { Description = "Print the plan as one JSON object." };
        var command = new Command("plan", Purpose) { method, json };
        var options = new ConfigurationOptions(command, PlannedRun.Keys, new Help());
        command.SetAction((parsed, cancellation) =>
        {
            var (file, given) = options.Settings(parsed);
            var run = PlannedRun.From(parsed.GetValue(method), file, given);
            var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var report = TorchThread.Run(() =>
            {
                LibTorch.Load();
                return PlanRecipe.Run(run, notes.WriteLine, cancellation);
            });
            if (parsed.GetValue(json)) JsonLines.Write(output, report);
            else PlanText.Write(output, report);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private sealed class Help : HelpPage
    {
        private const string Text = $"""
            {Purpose}

            Usage: align plan [--config FILE.yaml] [--key value ...] [--method dpo|sft] [--json]

            Keys are those of the run, as align dpo --help and align sft --help list them.
            The model is not loaded and nothing is written; the rows are tokenised, and the
            machine is measured for a second or two.

              --config FILE.yaml  YAML file with the run's keys.
              --method dpo|sft    Whose keys they are [by a key that only one of them has,
                                  else by the rows: dpo where they have chosen and rejected].
              --json              One JSON object: bytes, seconds, and fits.

            The code is 0 whether the run fits or not.
            """;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Text.ReplaceLineEndings("\n"));
            return ExitCodes.Done;
        }
    }
}
