using System.CommandLine;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Exports;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Cli.Commands.Data;

/// <summary><c>align data convert</c>: from one format, and one shape, to another.</summary>
internal static class ConvertCommand
{
    private delegate int Writing(string path, RowSelection rows, CancellationToken cancellation);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("convert", "Write the rows of a data set into one file of another format or shape.");
        var options = new CommandOptions(command);
        var target = options.Required("output", "FILE", "The file to write; its ending names the format: jsonl, json, csv, tsv, parquet, arrow, and .gz or .zst behind the first four.");
        var shape = options.Value("shape", "SHAPE", "columns: as they are, or as dataset_mapping makes them; preference: prompt, chosen, rejected; unpaired: prompt, completion, label [columns].");
        var shuffle = options.Switch("shuffle", "Shuffle the rows by --seed, in the order of datasets.Dataset.shuffle; they must fit into memory.");
        var skip = options.Value("skip", "N", "Rows to pass over, after shuffling [0].");
        var take = options.Value("take", "N", "Most rows to write [all].");
        var data = new DatasetArguments(command, "convert [FILE] --output FILE", "");
        command.SetAction((parsed, cancellation) =>
        {
            var (from, most, path) = (CommandOptions.Whole(parsed, skip) ?? 0, CommandOptions.Whole(parsed, take), parsed.GetRequiredValue(target));
            if (from < 0) throw new ConfigurationException($"option --skip: {from} is out of range; expected 0 or more");
            if (most is < 1) throw new ConfigurationException($"option --take: {most} is out of range; expected 1 or more");
            var run = data.Read(parsed);
            if (Path.Exists(path)) throw new ConfigurationException($"{path}: exists already, and no data is replaced; name another file or remove it");
            var export = new DatasetExport(run.Training(), parsed.InvocationConfiguration.Error.WriteLine);
            var writings = new Dictionary<string, Writing>(StringComparer.Ordinal) { ["columns"] = export.Convert, ["preference"] = export.Preferences, ["unpaired"] = export.Unpaired };
            var name = parsed.GetValue(shape) ?? "columns";
            if (!writings.TryGetValue(name, out var write)) throw new ConfigurationException($"option --shape: {name} is not known; expected {string.Join(", ", writings.Keys)}");
            var count = write(path, new RowSelection(from, most, parsed.GetValue(shuffle) ? (ulong)run.Seed : null), cancellation);
            parsed.InvocationConfiguration.Output.WriteLine($"{path}: {count} rows");
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
