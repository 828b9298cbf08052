using System.CommandLine;
using System.CommandLine.Help;
using AlignSharp.Recipes.Datasets;

namespace AlignSharp.Cli.Commands.Data;

/// <summary>What every command about data takes: the data set, the keys of a run, and a tokenizer.</summary>
internal sealed class DatasetArguments
{
    private readonly Argument<string?> _path = new("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "A data file, a folder, or file names with wildcards; without it dataset_name of --config." };
    private readonly Option<string?> _tokenizer = new("--tokenizer") { HelpName = "DIR", Description = "Folder with a tokenizer." };
    private readonly ConfigurationOptions _keys;

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command, whose own options were added before.</param>
    /// <param name="usage">What stands behind <c>align data</c> in the usage line.</param>
    /// <param name="remarks">What the help says below the options.</param>
    public DatasetArguments(Command command, string usage, string remarks)
    {
        var own = command.Options.ToList();
        command.Add(_path);
        command.Add(_tokenizer);
        _keys = new ConfigurationOptions(command, DatasetRun.Keys, new Help(command.Description!, usage, [_tokenizer, .. own], remarks));
    }

    /// <summary>The rows that are meant.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="AlignSharp.Data.Faults.ConfigurationException">A setting cannot be used.</exception>
    public DatasetRun Read(ParseResult parsed)
    {
        var (file, options) = _keys.Settings(parsed);
        return DatasetRun.From(parsed.GetValue(_path), parsed.GetValue(_tokenizer), file, options);
    }

    private sealed class Help(string purpose, string usage, IReadOnlyList<Option> options, string remarks) : HelpPage
    {
        private const int Column = 26;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(purpose);
            output.WriteLine();
            output.WriteLine($"Usage: align data {usage} [--config FILE.yaml] [--key value ...]");
            output.WriteLine();
            foreach (var option in options) output.WriteLine($"  {Name(option).PadRight(Column)}{option.Description}");
            output.WriteLine($"  {"--config FILE.yaml".PadRight(Column)}YAML file with a run's keys.");
            output.WriteLine();
            output.WriteLine("Keys are those of the run, as align dpo --help lists them: dataset_train_split, data_dir, datasets,");
            output.WriteLine("dataset_mapping, dataset_filter, remove_columns, max_train_samples, on_bad_row, max_length and others.");
            if (remarks.Length > 0) output.WriteLine();
            if (remarks.Length > 0) output.WriteLine(remarks.ReplaceLineEndings("\n"));
            return ExitCodes.Done;
        }

        private static string Name(Option option) => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;
    }
}
