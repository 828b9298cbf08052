using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>
/// The features of the pairs that the classifier sees, at most 64 million (256 MiB). Of a set that has more, a sample by prompts stays:
/// each time it overflows, half of the prompts go. Which ones stay depends on the pairs alone, not on their order.
/// </summary>
/// <param name="seed">Decides which prompts stay and the order of rows.</param>
/// <param name="mostFeatures">Features that may stay.</param>
internal sealed class WordSample(ulong seed, long mostFeatures = 64_000_000)
{
    private SparseRows _features = new();
    private List<(int Ordinal, ulong Group, ulong Place)> _rows = [];
    private ulong _lastKept = ulong.MaxValue;

    public ReadOnlySpan<uint> Features(int row) => _features[row];

    public int Ordinal(int row) => _rows[row].Ordinal;

    /// <summary>The row's prompt, spread by the seed.</summary>
    public ulong Group(int row) => _rows[row].Group;

    public void Add(PairView pair, ReadOnlySpan<uint> features)
    {
        var group = TextHash.Mix(pair.Group, seed);
        if (group > _lastKept) return;
        _features.Add(features);
        _rows.Add((pair.Ordinal, group, TextHash.Mix(TextHash.Mix(group, pair.Keys.Chosen), pair.Keys.Rejected)));
        while (_features.Features > mostFeatures && _lastKept > 0) Halve();
    }

    /// <summary>The rows in an order of chance that their contents decide.</summary>
    public int[] Order()
    {
        int[] order = [.. Enumerable.Range(0, _rows.Count)];
        Array.Sort(order.Select(row => (_rows[row].Place, _rows[row].Ordinal)).ToArray(), order);
        return order;
    }

    private void Halve()
    {
        _lastKept >>= 1;
        var (features, rows) = (new SparseRows(), new List<(int, ulong, ulong)>());
        for (var row = 0; row < _rows.Count; row++)
        {
            if (_rows[row].Group > _lastKept) continue;
            features.Add(_features[row]);
            rows.Add(_rows[row]);
        }
        (_features, _rows) = (features, rows);
    }
}
