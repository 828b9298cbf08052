using AlignSharp.Fuzz;

return new FuzzCommand(Console.Out, Console.Error).Run(args);
