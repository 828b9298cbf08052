using System.Runtime.InteropServices;

namespace AlignSharp.Data.Checks.Statistics;

/// <summary>
/// Finds sets that are similar to a given one by their signatures, with locality-sensitive hashing (Indyk and Motwani 1998): sets that agree
/// in one of 21 bands of 6 numbers are compared. Of those with similarity 0.8 it misses 2 in 1000, of 0.7 7 in 100.
/// </summary>
internal sealed class SimilarSets
{
    private const int Bands = 21, Rows = 6;

    // Beyond that a band is boilerplate that slipped through; more of the same would only cost time.
    private const int MostCompared = 64;

    private readonly IReadOnlyList<uint[]> _signatures;
    private readonly ulong[][] _keys = new ulong[Bands][];
    private readonly int[][] _sets = new int[Bands][];

    /// <summary>Sorts sets by their bands.</summary>
    /// <param name="signatures">The signature of each set.</param>
    public SimilarSets(IReadOnlyList<uint[]> signatures)
    {
        _signatures = signatures;
        for (var band = 0; band < Bands; band++)
        {
            _keys[band] = [.. signatures.Select(signature => Key(signature, band))];
            _sets[band] = [.. Enumerable.Range(0, signatures.Count)];
            Array.Sort(_keys[band], _sets[band]);
        }
    }

    /// <summary>The most similar set, of equal ones the first; null where none is similar enough.</summary>
    /// <param name="signature">Signature of the set to compare with.</param>
    /// <param name="least">Least similarity.</param>
    public (int Set, double Similarity)? MostSimilar(uint[] signature, double least)
    {
        (int Set, double Similarity)? best = null;
        for (var band = 0; band < Bands; band++)
        {
            var (keys, key) = (_keys[band], Key(signature, band));
            var at = Array.BinarySearch(keys, key);
            while (at > 0 && keys[at - 1] == key) at--;
            for (var end = at + MostCompared; at >= 0 && at < Math.Min(end, keys.Length) && keys[at] == key; at++)
            {
                var set = _sets[band][at];
                var similarity = MinHash.Similarity(signature, _signatures[set]);
                if (similarity < least) continue;
                if (best is not { } found || similarity > found.Similarity || (similarity == found.Similarity && set < found.Set)) best = (set, similarity);
            }
        }
        return best;
    }

    private static ulong Key(uint[] signature, int band) => TextHash.Of(MemoryMarshal.Cast<uint, char>(signature.AsSpan(band * Rows, Rows)), (ulong)band);
}
