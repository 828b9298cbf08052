using AlignSharp.Benchmarks;

return new CommandLine(Console.Out, Console.Error).Run(args);
