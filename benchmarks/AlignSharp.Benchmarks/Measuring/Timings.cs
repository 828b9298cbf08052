namespace AlignSharp.Benchmarks.Measuring;

/// <summary>Repeated measurements of one thing, of which at least one was taken.</summary>
/// <param name="Values">In the order in which they were taken.</param>
internal sealed record Timings(IReadOnlyList<double> Values)
{
    // A longest value that is this much above the shortest says that something else ran on the machine.
    private const double WideSpread = 1.3;

    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    public double Median => MedianOf(Values);

    /// <summary>The least value.</summary>
    public double Min => Values.Min();

    /// <summary>Largest value over least.</summary>
    public double Spread => Values.Max() / Values.Min();

    /// <summary>Whether the values differ so much that their median says little.</summary>
    public bool IsNoisy => Spread > WideSpread;

    /// <summary>The middle value of numbers, or the mean of the two middle ones.</summary>
    /// <param name="values">At least one.</param>
    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
