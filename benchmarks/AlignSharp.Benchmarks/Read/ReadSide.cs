namespace AlignSharp.Benchmarks.Read;

/// <summary>What reading one data file takes.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Mb">Its size in millions of bytes.</param>
/// <param name="RowsPerSecond">Rows a second, the median of the rounds.</param>
/// <param name="MbPerSecond">Millions of bytes of the file a second, likewise.</param>
/// <param name="PeakMib">Peak resident memory of the process after its first reading, in MiB.</param>
/// <param name="Ratio">Our rows a second over those of System.Text.Json on the lines of the same rows, round by round, the median.</param>
internal sealed record ReadSide(long Rows, double Mb, double RowsPerSecond, double MbPerSecond, double PeakMib, double Ratio);
