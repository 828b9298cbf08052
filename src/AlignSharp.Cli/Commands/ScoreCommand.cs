using System.CommandLine;
using AlignSharp.Recipes;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align score</c>: log-probabilities of a file's rows.</summary>
internal static class ScoreCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("score", "Log-probabilities of the scored tokens of each row, a JSON line a row: logps, sum, tokens; of pairs for chosen and rejected each.");
        var options = new CommandOptions(command);
        var model = new ModelOptions(options, dtype: "float32");
        var file = options.File("Rows with input_ids and optional labels (-100: not scored), text, prompt and completion (the completion is scored), or preference pairs as text or ids: .jsonl, or .json with an array.");
        command.SetAction((parsed, cancellation) =>
        {
            var run = new ScoreRunOptions
            {
                Model = model.Model(parsed),
                Adapter = model.Adapter(parsed),
                File = parsed.GetRequiredValue(file),
                Dtype = model.Dtype(parsed) ?? DtypeChoice.Float32,
                FourBit = model.FourBit(parsed),
                Device = model.Device(parsed),
            };
            var output = parsed.InvocationConfiguration.Output;
            TorchThread.Run(() =>
            {
                LibTorch.Load();
                ScoreRecipe.Run(run, row => Write(output, row), cancellation);
            });
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Write(TextWriter output, ScoredRow row)
    {
        if (row is ScoredPair pair) JsonLines.Write(output, new { pair.Chosen, pair.Rejected });
        else JsonLines.Write(output, (ScoredSequence)row);
    }
}
