using System.Runtime.InteropServices;
using AlignSharp.Cli;
using AlignSharp.Data.Faults;

const int widthOfFiles = 80;
using var interruption = new CancellationTokenSource();
// The first signal ends the run where it can be resumed; a second one finds the handler spent and ends the process.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var width = Console.IsOutputRedirected ? widthOfFiles : Console.WindowWidth;
return new CommandLine(Console.Out, Console.Error, width, (_, _) => throw new ConfigurationException("training is not wired")).Run(args, interruption.Token);

void End(PosixSignalContext signal)
{
    signal.Cancel = !interruption.IsCancellationRequested;
    interruption.Cancel();
}
