using System.Runtime.InteropServices;
using AlignSharp.Cli;
using AlignSharp.Cli.Commands;
using AlignSharp.Cli.Terminal;

const int widthOfFiles = 80;
using var interruption = new CancellationTokenSource();
// The first signal ends the run where it can be resumed; a second one finds the handler spent and ends the process.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var width = Console.IsOutputRedirected ? widthOfFiles : Console.WindowWidth;
var errorWidth = Console.IsErrorRedirected ? widthOfFiles : Console.WindowWidth;
var view = new RunView(Console.Error, isTerminal: !Console.IsErrorRedirected, errorWidth);
var training = new TrainingRuns(Console.Error, view);
return All(Console.Out).Run(args, interruption.Token);

// A pipeline runs its stages by the same commands, each with an output of its own.
CommandLine All(TextWriter output) => new(output, Console.Error, width, training.Dpo,
    SftCommand.Create(output, Console.Error, width, training.Sft), PlanCommand.Create(), RunCommand.Create((words, kept, cancellation) => All(kept ?? output).Run(words, cancellation)),
    DemoCommand.Create(output, Console.Error, view), ScoreCommand.Create(), EvalCommand.Create(), GenerateCommand.Create(),
    ChatCommand.Create(() => Console.In, isTerminal: !Console.IsInputRedirected), MergeCommand.Create(), QuantizeCommand.Create(), InitCommand.Create(), DataCommand.Create(isTerminal: !Console.IsOutputRedirected),
    TokenizeCommand.Create(), TokenizerCommand.Create(), DoctorCommand.Create());

void End(PosixSignalContext signal)
{
    signal.Cancel = !interruption.IsCancellationRequested;
    interruption.Cancel();
}
