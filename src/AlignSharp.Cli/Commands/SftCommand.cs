using System.CommandLine;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align sft</c>: reads the configuration, prints it for a dry run, or hands it to the recipe.</summary>
internal static class SftCommand
{
    private const string Purpose = "Supervised fine-tuning (SFT) of a model or a LoRA adapter, with TRL 1.9's keys, defaults and numbers.";

    /// <summary>Creates the command.</summary>
    /// <param name="output">Where the dry run is printed: it is the result.</param>
    /// <param name="error">Where a run notes its configuration before it starts.</param>
    /// <param name="width">Columns of the terminal, for the help.</param>
    /// <param name="run">The recipe.</param>
    public static Command Create(TextWriter output, TextWriter error, int width, Func<SftRunOptions, CancellationToken, int> run)
    {
        var command = new Command("sft", Purpose);
        var help = new HelpWriter("align sft [--config FILE.yaml] [--key value ...]", Purpose, KeyTable.Sft, width);
        var options = new ConfigurationOptions(command, KeyTable.Sft, help);
        command.SetAction((parsed, cancellation) =>
        {
            var configuration = options.Read(parsed);
            var sft = SftRunOptions.From(configuration);
            configuration.Write(sft.DryRun ? output : error);
            return Task.FromResult(sft.DryRun ? ExitCodes.Done : run(sft, cancellation));
        });
        return command;
    }
}
