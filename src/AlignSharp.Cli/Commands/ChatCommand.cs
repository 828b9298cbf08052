using System.CommandLine;
using AlignSharp.Cli.Terminal;
using AlignSharp.Recipes;
using AlignSharp.Runtime;

namespace AlignSharp.Cli.Commands;

/// <summary><c>align chat</c>: a conversation with a model, line by line.</summary>
internal sealed class ChatCommand
{
    private readonly ModelOptions _model;
    private readonly GenerationOptions _generation;
    private readonly Option<string?> _system, _chatTemplate;

    private ChatCommand(Command command, Func<TextReader> input, bool isTerminal)
    {
        var options = new CommandOptions(command);
        _model = new ModelOptions(options, dtype: "auto");
        _system = options.Value("system", "TEXT", "System message in front of the conversation.");
        _chatTemplate = options.Value("chat_template", "FILE", "Chat template to use instead of the tokenizer folder's.");
        _generation = new GenerationOptions(options, "an answer");
        command.SetAction((parsed, cancellation) =>
        {
            Run(parsed, input, isTerminal, cancellation);
            return Task.FromResult(ExitCodes.Done);
        });
    }

    /// <summary>Creates the command.</summary>
    /// <param name="input">Opens standard input, which only this command reads.</param>
    /// <param name="isTerminal">Whether somebody types there, so that prompts are shown.</param>
    public static Command Create(Func<TextReader> input, bool isTerminal)
    {
        var command = new Command("chat", "Chat with a model, a line of standard input a turn; /help lists the commands, /exit or the end of input ends.");
        _ = new ChatCommand(command, input, isTerminal);
        return command;
    }

    private void Run(ParseResult parsed, Func<TextReader> input, bool isTerminal, CancellationToken cancellation)
    {
        var run = Options(parsed);
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        TorchThread.Run(() =>
        {
            LibTorch.Load();
            using var session = ChatSession.Open(run, cancellation);
            new Dialogue(session, input(), output, error, isTerminal).Run(cancellation);
        });
    }

    private ChatRunOptions Options(ParseResult parsed) => new()
    {
        Model = _model.Model(parsed),
        Adapter = _model.Adapter(parsed),
        System = parsed.GetValue(_system),
        ChatTemplate = parsed.GetValue(_chatTemplate),
        MaxNewTokens = _generation.MaxNewTokens(parsed),
        Temperature = _generation.Temperature(parsed),
        TopK = _generation.TopK(parsed),
        TopP = _generation.TopP(parsed),
        RepetitionPenalty = _generation.RepetitionPenalty(parsed),
        Stop = _generation.Stop(parsed),
        Seed = _generation.Seed(parsed),
        Dtype = _model.Dtype(parsed) ?? DtypeChoice.Auto,
        FourBit = _model.FourBit(parsed),
        Device = _model.Device(parsed),
    };
}
