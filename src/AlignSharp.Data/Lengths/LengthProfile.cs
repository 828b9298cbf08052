namespace AlignSharp.Data.Lengths;

/// <summary>How long the parts of a data set's rows are.</summary>
/// <param name="Name">The part: prompt, chosen, rejected, prompt + longer answer, ...</param>
/// <param name="Unit">tokens or characters.</param>
/// <param name="Lengths">A length a row, in order of the rows.</param>
public sealed record LengthProfile(string Name, string Unit, IReadOnlyList<int> Lengths)
{
    private readonly int[] _sorted = [.. Lengths.Order()];

    /// <summary>The smallest length that a share of the rows does not exceed (nearest rank).</summary>
    /// <param name="share">From 0 to 1.</param>
    public int Quantile(double share) => _sorted.Length == 0 ? 0 : _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    /// <summary>The mean; 0 without rows.</summary>
    public double Mean => _sorted.Length == 0 ? 0 : _sorted.Average(length => (double)length);

    /// <summary>Rows that are longer.</summary>
    /// <param name="most">A length.</param>
    public int Above(int most)
    {
        var at = Array.BinarySearch(_sorted, most + 1);
        if (at < 0) at = ~at;
        while (at > 0 && _sorted[at - 1] > most) at--;
        return _sorted.Length - at;
    }

    /// <summary>Rows by length in bins of equal width, whose width is 1, 2 or 5 times a power of ten.</summary>
    /// <param name="mostBins">At most so many bins, 2 or more; what is beyond the last whole one counts in it.</param>
    public IReadOnlyList<LengthBin> Histogram(int mostBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBins, 2);
        if (_sorted.Length == 0) return [];
        var (first, last) = (_sorted[0], _sorted[^1]);
        var width = Width(last - first + 1, mostBins);
        var start = first / width * width;
        var counts = new int[(last - start) / width + 1];
        foreach (var length in _sorted) counts[(length - start) / width]++;
        return [.. counts.Select((count, i) => new LengthBin(start + i * width, start + (i + 1) * width, count))];
    }

    // One bin less is planned with: the first begins at a round number.
    private static int Width(int range, int mostBins)
    {
        for (var power = 1L; ; power *= 10)
            foreach (var step in new[] { 1, 2, 5 })
                if (power * step * (mostBins - 1) >= range) return (int)Math.Min(power * step, int.MaxValue);
    }
}
