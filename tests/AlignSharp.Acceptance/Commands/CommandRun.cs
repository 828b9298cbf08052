using System.Text.Json;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

/// <summary>What a command line that ran in this process left.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>The lines of standard output as JSON.</summary>
    public IReadOnlyList<JsonElement> Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The words after <c>align</c>.</param>
    public static CommandRun Of(params string[] arguments) => Of(arguments, TestContext.Current.CancellationToken);

    /// <summary>Runs a command line with something on standard input.</summary>
    /// <param name="input">What stands there.</param>
    /// <param name="arguments">The words after <c>align</c>.</param>
    public static CommandRun WithInput(string input, params string[] arguments) => Of(arguments, TestContext.Current.CancellationToken, new StringReader(input));

    /// <inheritdoc cref="Of(string[])"/>
    /// <param name="arguments">The words after <c>align</c>.</param>
    /// <param name="cancellation">The interruption.</param>
    /// <param name="input">Standard input, which is empty without it.</param>
    /// <param name="isTerminal">Whether somebody seems to type it.</param>
    public static CommandRun Of(string[] arguments, CancellationToken cancellation, TextReader? input = null, bool isTerminal = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = new CommandLine(output, error, 80, (_, _) => throw new InvalidOperationException("no training here"),
            ScoreCommand.Create(), EvalCommand.Create(), GenerateCommand.Create(), ChatCommand.Create(() => input ?? TextReader.Null, isTerminal),
            MergeCommand.Create(), QuantizeCommand.Create(), PlanCommand.Create(), InitCommand.Create(), DataCommand.Create(isTerminal: false), TokenizeCommand.Create(), TokenizerCommand.Create()).Run(arguments, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Asserts a fault: its code, nothing on standard output, and one line that has the words.</summary>
    public void AssertFault(int code, string words)
    {
        Assert.Equal(code, Code);
        Assert.Empty(Output);
        Assert.Contains(words, Assert.Single(Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
