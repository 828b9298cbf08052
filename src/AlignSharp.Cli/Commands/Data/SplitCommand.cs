using System.CommandLine;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Rows.Exports;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Cli.Commands.Data;

/// <summary><c>align data split</c>: rows to train on and rows to test on.</summary>
internal static class SplitCommand
{
    private const double TestSizeByDefault = 0.1;

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("split", "Part a data set into train and test, in the order of datasets' train_test_split.");
        var options = new CommandOptions(command);
        var target = options.Required("output_dir", "DIR", "Folder to write train and test to; it must not exist, or be empty.");
        var size = options.Value("test_size", "N", $"Rows to test on: a fraction below 1, or a number [{TestSizeByDefault.ToString(System.Globalization.CultureInfo.InvariantCulture)}].");
        var format = options.Value("format", "FORMAT", "jsonl, json, csv, tsv, parquet, arrow, or one of the first four and .gz or .zst [jsonl].");
        var inOrder = options.Switch("no_shuffle", "Take the last rows instead of drawing them by --seed.");
        var data = new DatasetArguments(command, "split [FILE] --output_dir DIR", "All rows are held in memory.");
        command.SetAction((parsed, cancellation) =>
        {
            var ending = parsed.GetValue(format) ?? "jsonl";
            if (ending.AsSpan().ContainsAny('/', '\\')) throw new ConfigurationException($"option --format: {ending} is no format");
            var run = data.Read(parsed);
            using var draft = FolderDraft.Begin(parsed.GetRequiredValue(target));
            var export = new DatasetExport(run.Training(), parsed.InvocationConfiguration.Error.WriteLine);
            var (train, test) = export.Split(Path.Combine(draft.Path, $"train.{ending}"), Path.Combine(draft.Path, $"test.{ending}"), CommandOptions.Number(parsed, size) ?? TestSizeByDefault, (ulong)run.Seed, !parsed.GetValue(inOrder), cancellation);
            draft.Complete();
            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetRequiredValue(target)}: {train} rows in train.{ending}, {test} in test.{ending}");
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
