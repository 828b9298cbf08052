namespace AlignSharp.Benchmarks.Check;

/// <summary>Figures of the linter.</summary>
/// <param name="Pairs">Training pairs.</param>
/// <param name="Characters">Characters of all their texts.</param>
/// <param name="AddSeconds">Time in which they were taken, one after the other.</param>
/// <param name="FinishSeconds">Time in which they were compared with one another.</param>
/// <param name="PeakMib">Peak resident memory of a process that only makes pairs up and checks them.</param>
/// <param name="Findings">Findings; pairs of chance have none.</param>
internal sealed record CheckResult(int Pairs, long Characters, double AddSeconds, double FinishSeconds, double PeakMib, int Findings);
