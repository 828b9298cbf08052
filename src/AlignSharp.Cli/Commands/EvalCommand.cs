using System.CommandLine;
using System.Globalization;
using AlignSharp.Recipes;
using AlignSharp.Runtime;
using Spectre.Console;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align eval</c>: a model's figures on a file.</summary>
internal sealed class EvalCommand
{
    // Without a terminal there is no width to fit into.
    private const int WidthOfFiles = 120;
    private const double LargestFixed = 1e7;
    private readonly ModelOptions _model;
    private readonly Option<string?> _reference, _referenceAdapter, _beta, _maxLength, _batchSize;
    private readonly Option<bool> _json;
    private readonly Argument<string> _file;

    private EvalCommand(Command command)
    {
        var options = new CommandOptions(command);
        _model = new ModelOptions(options, dtype: "float32");
        _reference = options.Value("reference", "base|none|DIR", "What pairs are compared with: the base below the adapter, nothing, or a model or adapter folder [base with an adapter, else none].");
        _referenceAdapter = options.Value("reference_adapter", "DIR", "Adapter folder for the reference, on --reference DIR or on the model's base.");
        _beta = options.Value("beta", "B", "Factor of the rewards of pairs [0.1].");
        _maxLength = options.Value("max_length", "N", "Most tokens of a sequence; its start is kept [all].");
        _batchSize = options.Value("batch_size", "N", "Most rows of a batch; changes rounding only [8].");
        _json = options.Switch("json", "A JSON object with TRL's names: loss, rewards/accuracies, ..., and rows, tokens, perplexity.");
        _file = options.File("Preference pairs, or rows with text, prompt and completion, or input_ids with optional labels: .jsonl, or .json with an array.");
        command.SetAction((parsed, cancellation) =>
        {
            Run(parsed, cancellation);
            return Task.FromResult(ExitCodes.Done);
        });
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("eval", "Evaluate a model or adapter on a file: loss and perplexity of texts; loss, reward accuracy and margin of preference pairs against a reference.");
        _ = new EvalCommand(command);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken cancellation)
    {
        var run = Options(parsed);
        var (output, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var report = TorchThread.Run(() =>
        {
            LibTorch.Load();
            return EvalRecipe.Run(run, notes.WriteLine, cancellation);
        });
        if (parsed.GetValue(_json)) JsonLines.Write(output, Line(run, report));
        else Write(output, run, report);
    }

    private EvalRunOptions Options(ParseResult parsed)
    {
        var defaults = new EvalRunOptions { Model = _model.Model(parsed), File = parsed.GetRequiredValue(_file) };
        return defaults with
        {
            Adapter = _model.Adapter(parsed),
            Reference = parsed.GetValue(_reference),
            ReferenceAdapter = parsed.GetValue(_referenceAdapter),
            Beta = CommandOptions.Number(parsed, _beta),
            MaxLength = CommandOptions.Whole(parsed, _maxLength),
            BatchSize = CommandOptions.Whole(parsed, _batchSize) ?? defaults.BatchSize,
            Dtype = _model.Dtype(parsed) ?? defaults.Dtype,
            FourBit = _model.FourBit(parsed),
            Device = _model.Device(parsed),
        };
    }

    private static Dictionary<string, object?> Line(EvalRunOptions run, EvalReport report)
    {
        var line = new Dictionary<string, object?> { ["model"] = run.Model, ["adapter"] = run.Adapter, ["file"] = run.File };
        if (report.Reference is not null) line["reference"] = report.Reference;
        (line["rows"], line["dropped_rows"], line["truncated_rows"], line["tokens"]) = (report.Rows, report.DroppedRows, report.TruncatedRows, report.Tokens);
        foreach (var (name, value) in report.Metrics) line[name] = value;
        return line;
    }

    private static void Write(TextWriter output, EvalRunOptions run, EvalReport report)
    {
        output.WriteLine($"{run.File}: {report.Rows} {(report.Reference is null ? "texts" : "pairs")}, {report.Tokens} scored tokens");
        if (report.Reference is not null) output.WriteLine($"reference: {report.Reference}");
        var table = new Table().RoundedBorder().AddColumn("metric").AddColumn(new TableColumn("value").RightAligned());
        foreach (var (name, value) in report.Metrics) table.AddRow(name, value.ToString(Math.Abs(value) < LargestFixed ? "F4" : "G5", CultureInfo.InvariantCulture));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected) console.Profile.Width = WidthOfFiles;
        console.Write(table);
    }
}
