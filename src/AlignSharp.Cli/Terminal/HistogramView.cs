using System.Globalization;
using AlignSharp.Data.Lengths;

namespace AlignSharp.Cli.Terminal;

/// <summary>Lengths as figures and bars of text.</summary>
internal static class HistogramView
{
    private const int MostBins = 20;
    private const int BarCells = 50;
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <summary>Writes one profile.</summary>
    public static void Write(TextWriter output, LengthProfile profile, int? maxLength)
    {
        output.WriteLine(Line($"{profile.Name}, {profile.Unit}: {profile.Lengths.Count:N0} rows, min {profile.Quantile(0):N0}, median {profile.Quantile(0.5):N0}, mean {profile.Mean:N1}, 90 % {profile.Quantile(0.9):N0}, 99 % {profile.Quantile(0.99):N0}, max {profile.Quantile(1):N0}"));
        if (Above(profile, maxLength) is { } above) output.WriteLine(Line($"  {above:N0} ({100.0 * above / Math.Max(1, profile.Lengths.Count):0.0} %) longer than max_length ({maxLength})"));
        var bins = profile.Histogram(MostBins);
        var most = bins.Count == 0 ? 1 : bins.Max(bin => bin.Rows);
        var width = bins.Count == 0 ? 1 : Line($"{bins[^1].To - 1}").Length;
        foreach (var bin in bins)
        {
            var range = bin.To - bin.From == 1 ? Line($"{bin.From}").PadLeft(2 * width + 1) : $"{Line($"{bin.From}").PadLeft(width)}-{Line($"{bin.To - 1}").PadLeft(width)}";
            output.WriteLine(Line($"  {range} {Bar(bin.Rows / (double)most)} {bin.Rows:N0}"));
        }
        output.WriteLine();
    }

    /// <summary>The figures, for programs.</summary>
    public static object Figures(LengthProfile profile, int? maxLength) => new
    {
        profile.Name,
        profile.Unit,
        Rows = profile.Lengths.Count,
        Min = profile.Quantile(0),
        Median = profile.Quantile(0.5),
        profile.Mean,
        P90 = profile.Quantile(0.9),
        P99 = profile.Quantile(0.99),
        Max = profile.Quantile(1),
        AboveMaxLength = Above(profile, maxLength),
        Histogram = profile.Histogram(MostBins),
    };

    // Only whole rows of tokens are what max_length counts.
    private static int? Above(LengthProfile profile, int? maxLength) =>
        maxLength is { } most && profile is { Unit: "tokens", Name: "row" or "prompt and longer answer" } ? profile.Above(most) : null;

    private static string Bar(double share)
    {
        var eighths = (int)Math.Ceiling(share * BarCells * 8);
        return new string('█', eighths / 8) + (eighths % 8 == 0 ? "" : Eighths[eighths % 8]);
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
