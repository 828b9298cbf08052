using System.CommandLine;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align dpo</c>: reads the configuration, prints it for a dry run, or hands it to the recipe.</summary>
internal static class DpoCommand
{
    private const string Purpose = "Preference optimization (DPO) of a model or a LoRA adapter, with TRL 1.9's keys, defaults and numbers.";

    /// <summary>Creates the command.</summary>
    /// <param name="output">Where the dry run is printed: it is the result.</param>
    /// <param name="error">Where a run notes its configuration before it starts.</param>
    /// <param name="width">Columns of the terminal, for the help.</param>
    /// <param name="run">The recipe.</param>
    public static Command Create(TextWriter output, TextWriter error, int width, Func<DpoRunOptions, CancellationToken, int> run)
    {
        var command = new Command("dpo", Purpose);
        var help = new HelpWriter("align dpo [--config FILE.yaml] [--key value ...]", Purpose, KeyTable.Dpo, width);
        var options = new ConfigurationOptions(command, KeyTable.Dpo, help);
        command.SetAction((parsed, cancellation) =>
        {
            var configuration = options.Read(parsed);
            var dpo = DpoRunOptions.From(configuration);
            configuration.Write(dpo.DryRun ? output : error);
            return Task.FromResult(dpo.DryRun ? ExitCodes.Done : run(dpo, cancellation));
        });
        return command;
    }
}
