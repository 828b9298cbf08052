namespace AlignSharp.Data.Checks.Statistics;

/// <summary>Wilson's interval for a share (J. Am. Stat. Assoc. 22, 1927): right for small numbers and near 0 and 1, where the normal one is not.</summary>
internal static class Wilson
{
    /// <summary>The interval of a share.</summary>
    /// <param name="share">The share that was seen, 0 to 1.</param>
    /// <param name="count">Independent observations.</param>
    /// <param name="deviations">Standard deviations of the normal distribution on either side.</param>
    public static (double Lower, double Upper) Interval(double share, int count, double deviations)
    {
        if (count == 0) return (0, 1);
        var z = deviations * deviations / count;
        var centre = (share + z / 2) / (1 + z);
        var half = deviations / (1 + z) * Math.Sqrt(share * (1 - share) / count + z / (4 * count));
        return (Math.Max(centre - half, 0), Math.Min(centre + half, 1));
    }
}
