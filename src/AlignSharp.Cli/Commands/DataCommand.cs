using System.CommandLine;
using AlignSharp.Cli.Commands.Data;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Recipes.Demo;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align data</c>: data sets.</summary>
internal static class DataCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="isTerminal">Whether the output is a terminal.</param>
    public static Command Create(bool isTerminal)
    {
        var command = new Command("data", "Work with data sets.");
        command.Add(CheckCommand.Create(isTerminal));
        command.Add(PreviewCommand.Create(isTerminal));
        command.Add(StatsCommand.Create());
        command.Add(ConvertCommand.Create());
        command.Add(SplitCommand.Create());
        command.Add(Demo());
        return command;
    }

    private static Command Demo()
    {
        var command = new Command("demo", "Write a made-up preference set with a known truth, in the columns of lvwerra/stack-exchange-paired.");
        var options = new CommandOptions(command);
        var output = options.Required("output_dir", "DIR", "Folder to write train.jsonl and test.jsonl to; it must not exist, or be empty.");
        var rows = options.Value("rows", "N", "Training rows, at most 2800 [700].");
        var testRows = options.Value("test_rows", "N", "Test rows, at most 280 [70].");
        var seed = options.Value("seed", "N", "Seed of the draws [42].");
        command.SetAction((parsed, _) =>
        {
            var (train, test) = (CommandOptions.Whole(parsed, rows) ?? 700, CommandOptions.Whole(parsed, testRows) ?? 70);
            if (train is < 1 or > 2800) throw new ConfigurationException($"option --rows: {train} is out of range; expected 1 to 2800");
            if (test is < 1 or > 280) throw new ConfigurationException($"option --test_rows: {test} is out of range; expected 1 to 280");
            using var draft = FolderDraft.Begin(parsed.GetRequiredValue(output));
            var data = DemoData.Generate(CommandOptions.Whole(parsed, seed) ?? 42, train, test);
            foreach (var (name, pairs) in new[] { ("train.jsonl", data.Train), ("test.jsonl", data.HeldOut) })
                AtomicFile.Write(Path.Combine(draft.Path, name), stream => DemoRowWriter.Write(pairs, stream));
            draft.Complete();
            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetRequiredValue(output)}: {train} rows in train.jsonl, {test} in test.jsonl");
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
