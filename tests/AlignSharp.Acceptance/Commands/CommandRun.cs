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

    /// <inheritdoc cref="Of(string[])"/>
    /// <param name="arguments">The words after <c>align</c>.</param>
    /// <param name="cancellation">The interruption.</param>
    public static CommandRun Of(string[] arguments, CancellationToken cancellation)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = new CommandLine(output, error, 80, (_, _) => throw new InvalidOperationException("no training here"),
            ScoreCommand.Create(), EvalCommand.Create(), GenerateCommand.Create(), MergeCommand.Create(), InitCommand.Create(), TokenizeCommand.Create(), TokenizerCommand.Create()).Run(arguments, cancellation);
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
