using System.CommandLine;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Cli;

/// <summary>Words of a command line that look like a command or an option and are none.</summary>
internal static class UnknownWords
{
    /// <summary>One line about a word that stands where a command should, or null when a command was found or none was tried.</summary>
    /// <param name="parsed">The command line.</param>
    public static string? UnknownCommand(ParseResult parsed)
    {
        var commands = parsed.CommandResult.Command.Subcommands;
        if (commands.Count == 0) return null;
        var all = string.Join(", ", commands.Select(command => command.Name));
        if (parsed.UnmatchedTokens is not [var first, ..]) return parsed.Errors.Count > 0 ? $"a command is missing; expected one of {all}" : null;
        return first.StartsWith('-') ? null : $"\"{first}\" is no command; did you mean {KeyTable.Nearest(first, commands.Select(command => command.Name))}? expected one of {all}";
    }

    /// <summary>One line about the first such word that names the nearest option, or null when there is none.</summary>
    /// <param name="parsed">The command line; commands that look after unmatched words themselves are left alone.</param>
    public static string? Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (!command.TreatUnmatchedTokensAsErrors) return null;
        // An unknown option may have been taken for the command's file.
        var values = command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens.Select(token => token.Value) ?? []);
        if (values.Concat(parsed.UnmatchedTokens).FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal)) is not { } unknown) return null;
        var name = unknown[2..].Split('=')[0];
        var nearest = KeyTable.Nearest(name.Replace('-', '_'), command.Options.Select(option => option.Name.TrimStart('-')));
        return $"option --{name} is not known; did you mean --{nearest}?";
    }
}
