using System.CommandLine;
using AlignSharp.Cli.Commands;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes;

namespace AlignSharp.Cli;

/// <summary>The whole command line: parses, calls a command, prints a fault, and answers with the exit code.</summary>
internal sealed class CommandLine
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly RootCommand _root = new("align: supervised fine-tuning and preference optimization of language models.");

    /// <summary>Wires the commands.</summary>
    /// <param name="output">Standard output: results only.</param>
    /// <param name="error">Standard error: everything else.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="dpo">Runs DPO and answers with the exit code.</param>
    /// <param name="others">The commands that need no wiring.</param>
    public CommandLine(TextWriter output, TextWriter error, int width, Func<DpoRunOptions, CancellationToken, int> dpo, params IReadOnlyList<Command> others)
    {
        _output = output;
        _error = error;
        _root.Add(DpoCommand.Create(output, error, width, dpo));
        foreach (var command in others) _root.Add(command);
    }

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">The words after <c>align</c>.</param>
    /// <param name="cancellation">Ends the command early; a run that can be resumed ends with 75.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public int Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            // No response files: @name is a value like any other.
            var parsed = _root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
            if (parsed.Action is not System.CommandLine.Help.HelpAction and not HelpPage && WhatIsWrong(parsed) is { } wrong)
            {
                _error.WriteLine($"align: error: {wrong}");
                return ExitCodes.Configuration;
            }
            var invocation = new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.InvokeAsync(invocation, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception fault)
        {
            return Report(fault);
        }
    }

    private static string? WhatIsWrong(ParseResult parsed) => UnknownWords.UnknownCommand(parsed) ?? UnknownWords.Describe(parsed)
        ?? (parsed.Errors.Count > 0 ? $"{OneLine(parsed.Errors[0].Message)} (align --help lists the commands)" : null);

    private int Report(Exception fault)
    {
        var code = ExitCodes.Of(fault);
        _error.WriteLine(code switch
        {
            ExitCodes.Interrupted => "align: interrupted",
            ExitCodes.Internal => $"align: internal error: {fault}",
            ExitCodes.OutOfMemory when fault is not MemoryExhaustedException => $"align: error: memory ran out ({WithoutFrames(OneLine(fault.Message))}); lower per_device_train_batch_size, max_length or lora_r, or choose a smaller model or dtype",
            _ => $"align: error: {OneLine(fault.Message)}",
        });
        return code;
    }

    // libtorch appends its call stack to what it says.
    private static string WithoutFrames(string message) => message.Split([" frame #0:", " Exception raised from"], StringSplitOptions.None)[0].TrimEnd('.', ' ');

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
