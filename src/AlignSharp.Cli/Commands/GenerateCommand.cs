using System.CommandLine;
using AlignSharp.Generation;
using AlignSharp.Recipes;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align generate</c>: completions of prompts.</summary>
internal sealed class GenerateCommand
{
    private readonly ModelOptions _model;
    private readonly GenerationOptions _generation;
    private readonly Option<string?> _prompt, _prompts, _numReturnSequences;
    private readonly Option<bool> _json;

    private GenerateCommand(Command command)
    {
        var options = new CommandOptions(command);
        _model = new ModelOptions(options, dtype: "auto");
        _prompt = options.Value("prompt", "TEXT", "The text to complete.");
        _prompts = options.Value("prompts", "FILE", "Rows with prompt or prompt_ids: .jsonl, or .json with an array.");
        _generation = new GenerationOptions(options, "a completion");
        _numReturnSequences = options.Value("num_return_sequences", "N", "Completions a prompt [1].");
        _json = options.Switch("json", "A JSON line a completion: prompt, completion, completion_ids, finish_reason (stop or length), and prompt_ids where they were given.");
        command.SetAction((parsed, cancellation) =>
        {
            Run(parsed, cancellation);
            return Task.FromResult(ExitCodes.Done);
        });
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command("generate", "Complete prompts: the texts, or a JSON line a completion with --json.");
        _ = new GenerateCommand(command);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken cancellation)
    {
        var options = Options(parsed);
        var output = parsed.InvocationConfiguration.Output;
        var json = parsed.GetValue(_json);
        // The one completion of one prompt is shown while it comes.
        var streams = !json && options.Prompt is not null && options.NumReturnSequences == 1;
        TorchThread.Run(() =>
        {
            LibTorch.Load();
            GenerateRecipe.Run(options, completion => Write(output, completion, json, streams), streams ? (_, part) => Show(output, part) : null, cancellation);
        });
    }

    private GenerateRunOptions Options(ParseResult parsed) => new()
    {
        Model = _model.Model(parsed),
        Adapter = _model.Adapter(parsed),
        Prompt = parsed.GetValue(_prompt),
        PromptsFile = parsed.GetValue(_prompts),
        MaxNewTokens = _generation.MaxNewTokens(parsed),
        Temperature = _generation.Temperature(parsed),
        TopK = _generation.TopK(parsed),
        TopP = _generation.TopP(parsed),
        RepetitionPenalty = _generation.RepetitionPenalty(parsed),
        Stop = _generation.Stop(parsed),
        Seed = _generation.Seed(parsed),
        NumReturnSequences = CommandOptions.Whole(parsed, _numReturnSequences) ?? 1,
        Dtype = _model.Dtype(parsed) ?? DtypeChoice.Auto,
        FourBit = _model.FourBit(parsed),
        Device = _model.Device(parsed),
        RequireText = !parsed.GetValue(_json),
    };

    private static void Show(TextWriter output, string part)
    {
        output.Write(part);
        output.Flush();
    }

    private static void Write(TextWriter output, GeneratedCompletion completion, bool json, bool isShown)
    {
        if (!json)
        {
            output.WriteLine(isShown ? "" : completion.Text);
            return;
        }
        var line = new Dictionary<string, object?> { ["prompt"] = completion.Prompt };
        if (completion.PromptIds is { } ids) line["prompt_ids"] = ids;
        line["completion"] = completion.Text;
        line["completion_ids"] = completion.Ids;
        line["finish_reason"] = completion.FinishReason == FinishReason.Stop ? "stop" : "length";
        JsonLines.Write(output, line);
    }
}
