namespace AlignSharp.Data.Checks;

/// <summary>How long one part of the pairs is. Quantiles are lengths that occur (nearest rank).</summary>
/// <param name="Min">The least length.</param>
/// <param name="Median">Half of the lengths are at most this.</param>
/// <param name="P90">Nine tenths are at most this.</param>
/// <param name="P99">99 of a hundred are at most this.</param>
/// <param name="Max">The greatest length.</param>
/// <param name="Mean">The mean.</param>
/// <param name="BinWidth">Width of a bar of the histogram.</param>
/// <param name="Bins">Lengths in each bar: the first from 0 to below <paramref name="BinWidth"/>, and so on; the last one holds everything beyond.</param>
public sealed record LengthSummary(int Min, int Median, int P90, int P99, int Max, double Mean, int BinWidth, IReadOnlyList<int> Bins)
{
    private const int Bars = 24;

    internal static LengthSummary Of(IReadOnlyList<int> lengths)
    {
        if (lengths.Count == 0) return new LengthSummary(0, 0, 0, 0, 0, 0, 1, []);
        int[] sorted = [.. lengths.Order()];
        // Up to the 99th percentile, so that one long row does not squeeze all others into one bar.
        var width = Quantile(sorted, 0.99) / (Bars - 1) + 1;
        var bins = new int[Math.Min(sorted[^1] / width + 1, Bars)];
        foreach (var length in sorted) bins[Math.Min(length / width, bins.Length - 1)]++;
        return new LengthSummary(
            sorted[0], Quantile(sorted, 0.5), Quantile(sorted, 0.9), Quantile(sorted, 0.99), sorted[^1],
            (double)sorted.Sum(length => (long)length) / sorted.Length, width, bins);
    }

    private static int Quantile(int[] sorted, double share) => sorted[Math.Max((int)Math.Ceiling(share * sorted.Length) - 1, 0)];
}
