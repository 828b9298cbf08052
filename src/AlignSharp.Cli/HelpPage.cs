using System.CommandLine.Invocation;

namespace AlignSharp.Cli;

/// <summary>Help of a command that is no list of options alone; it is shown whatever else is missing on the command line.</summary>
internal abstract class HelpPage : SynchronousCommandLineAction;
