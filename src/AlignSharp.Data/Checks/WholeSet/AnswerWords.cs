using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>
/// The differences of two answers' words as hashed features: square roots of the words' frequencies, chosen minus rejected (so that an
/// answer's length does not count as such), and the first and the last word of each.
/// </summary>
internal sealed class AnswerWords
{
    // Features of a pair beyond this are left out, the same ones in every pair.
    private const int Most = 2048;
    private const int LongestName = 32;

    // Half of what a text of one word would weigh: where an answer begins and ends says much.
    private const double EndWeight = 0.5;
    private const ulong FirstWord = 1, LastWord = 2;

    private readonly int[] _chosen = new int[SparseFeature.Count];
    private readonly int[] _rejected = new int[SparseFeature.Count];
    private readonly List<int> _touched = [];
    private readonly string?[] _names = new string?[SparseFeature.Count];
    private uint[] _features = new uint[256];

    /// <summary>The word that a feature stands for, escaped; where several share it, the first that was seen.</summary>
    public string Name(int feature) => _names[feature] ?? "";

    /// <summary>The features that differ, ascending; valid until the next call.</summary>
    public ReadOnlySpan<uint> Difference(string chosen, string rejected)
    {
        var (chosenWords, chosenEnds) = Count(chosen, _chosen);
        var (rejectedWords, rejectedEnds) = Count(rejected, _rejected);
        _touched.Sort();
        var count = 0;
        foreach (var index in _touched)
        {
            // A feature that both answers touched comes twice.
            if (_chosen[index] == 0 && _rejected[index] == 0) continue;
            var value = Math.Sqrt((double)_chosen[index] / chosenWords) - Math.Sqrt((double)_rejected[index] / rejectedWords);
            (_chosen[index], _rejected[index]) = (0, 0);
            if (value != 0 && count < Most) Put(count++, index, value);
        }
        _touched.Clear();
        if (chosenEnds.First != rejectedEnds.First)
        {
            if (chosenEnds.First >= 0) Put(count++, chosenEnds.First, EndWeight);
            if (rejectedEnds.First >= 0) Put(count++, rejectedEnds.First, -EndWeight);
        }
        if (chosenEnds.Last != rejectedEnds.Last)
        {
            if (chosenEnds.Last >= 0) Put(count++, chosenEnds.Last, EndWeight);
            if (rejectedEnds.Last >= 0) Put(count++, rejectedEnds.Last, -EndWeight);
        }
        return _features.AsSpan(0, count);
    }

    private void Put(int at, int index, double value)
    {
        if (at == _features.Length) Array.Resize(ref _features, 2 * at);
        _features[at] = SparseFeature.Pack(index, value);
    }

    // At least 1 word, so that nothing is divided by zero; no first and last feature without words.
    private (int Words, (int First, int Last) Ends) Count(string text, int[] counts)
    {
        var (words, first, last) = (0, -1, -1);
        var (lastHash, lastStart, lastLength) = (0ul, 0, 0);
        var reader = new Words(text);
        while (reader.MoveNext())
        {
            var index = Index(reader.Hash);
            if (_names[index] is null) _names[index] = Named("", reader.Word);
            if (counts[index]++ == 0) _touched.Add(index);
            if (words++ == 0)
            {
                first = Index(TextHash.Mix(reader.Hash, FirstWord));
                _names[first] ??= Named("first word ", reader.Word);
            }
            (lastHash, lastStart, lastLength) = (reader.Hash, reader.Start, reader.Word.Length);
        }
        if (words > 0)
        {
            last = Index(TextHash.Mix(lastHash, LastWord));
            _names[last] ??= Named("last word ", text.AsSpan(lastStart, lastLength));
        }
        return (Math.Max(words, 1), (first, last));
    }

    private static int Index(ulong hash) => (int)(hash >> 46);

    private static string Named(string place, ReadOnlySpan<char> word) =>
        place + (word.Length <= LongestName ? Excerpt.Escaped(word) : Excerpt.Escaped(word[..LongestName]) + "...");
}
