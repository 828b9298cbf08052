using System.CommandLine;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align tokenizer convert</c>: a SentencePiece model to tokenizer.json.</summary>
internal static class TokenizerCommand
{
    private static readonly Dictionary<string, bool> Flags = new(StringComparer.OrdinalIgnoreCase) { ["true"] = true, ["false"] = false };

    /// <summary>Creates the command.</summary>
    public static Command Create() => new("tokenizer", "Work on tokenizer files.") { Convert() };

    private static Command Convert()
    {
        var command = new Command("convert", "Turn tokenizer.model (SentencePiece) into tokenizer.json.");
        var options = new CommandOptions(command);
        var tokenizer = options.Required("tokenizer", "DIR", "Folder with tokenizer.model.");
        var output = options.Required("output", "DIR", "Folder to write; files of the same names are replaced.");
        var legacy = options.Value("legacy", "true|false",
            "true: a space before every stretch of text between special tokens; false: the Metaspace form [legacy of tokenizer_config.json, else true].");
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            SentencePieceConverter.Convert(parsed.GetRequiredValue(tokenizer), target, CommandOptions.Choice(parsed, legacy, Flags));
            parsed.InvocationConfiguration.Error.WriteLine($"the tokenizer is in {target}");
            return ExitCodes.Done;
        });
        return command;
    }
}
