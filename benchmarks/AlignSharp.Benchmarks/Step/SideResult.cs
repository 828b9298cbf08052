namespace AlignSharp.Benchmarks.Step;

/// <summary>Figures of one contestant.</summary>
/// <param name="TokensPerSecond">Median over the steps; both full sequences of a pair count, the prompt twice.</param>
/// <param name="Ms">Median duration of a step in milliseconds.</param>
/// <param name="MinMs">The shortest step.</param>
/// <param name="PeakMib">Peak resident memory of a process that runs only this side, in MiB; null until it was measured.</param>
internal sealed record SideResult(double TokensPerSecond, double Ms, double MinMs, double? PeakMib);
