namespace AlignSharp.Data.Checks.Statistics;

/// <summary>A text as the set of its word triples (Broder 1997).</summary>
internal static class Shingles
{
    private const int Size = 3;

    // A prompt of a million words is known by fewer; the smallest hashes are a fair choice of them.
    private const int Most = 4096;

    /// <summary>Hashes of the triples, ascending, each once; none where there are fewer words.</summary>
    public static ulong[] Of(string text)
    {
        var shingles = new List<ulong>();
        var (before, last, words) = (0ul, 0ul, 0);
        foreach (var word in new Words(text))
        {
            if (++words >= Size) shingles.Add(TextHash.Mix(TextHash.Mix(before, last), word.Hash));
            (before, last) = (last, word.Hash);
        }
        shingles.Sort();
        return [.. shingles.Distinct().Take(Most)];
    }
}
