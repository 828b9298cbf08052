namespace AlignSharp.Benchmarks.Load;

/// <summary>What loading a model takes.</summary>
/// <param name="Mib">Size of its file in MiB.</param>
/// <param name="Ours">Loading the model.</param>
/// <param name="Baseline">Reading the same file into a small buffer.</param>
/// <param name="Ratio">The baseline's time over ours, round by round, the median.</param>
/// <param name="PeakMib">Peak resident memory of the process after its first load, in MiB.</param>
internal sealed record LoadResult(double Mib, LoadSide Ours, LoadSide Baseline, double Ratio, double PeakMib);
