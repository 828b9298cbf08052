namespace AlignSharp.Benchmarks.Load;

/// <summary>Figures of one way to read the file.</summary>
/// <param name="MibPerSecond">Median over the rounds.</param>
/// <param name="Ms">Median duration in milliseconds.</param>
internal sealed record LoadSide(double MibPerSecond, double Ms);
