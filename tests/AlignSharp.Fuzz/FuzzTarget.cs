namespace AlignSharp.Fuzz;

/// <summary>A parser under test.</summary>
/// <param name="Name">Its name on the command line, and of the folder of its corpus.</param>
/// <param name="Run">Takes any bytes and ends in a result or in an AlignSharpException; whatever else it does is a finding.</param>
/// <param name="Words">Pieces of the format that mutations put in.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Run, IReadOnlyList<string> Words);
