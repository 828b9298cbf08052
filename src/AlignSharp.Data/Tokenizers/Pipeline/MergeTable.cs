using System.Buffers;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>
/// Which neighbouring symbols may merge, in which order, and into what. Merging takes the lowest rank first and the
/// left-most place among equal ranks; a queue keeps the time at n log n for a text of n symbols.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>Marks a symbol that a merge has swallowed.</summary>
    public const int Swallowed = -1;

    private readonly Dictionary<long, Merge> _merges;

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">Expected number of merges.</param>
    public MergeTable(int capacity) => _merges = new Dictionary<long, Merge>(capacity);

    /// <summary>Number of pairs that may merge.</summary>
    public int Count => _merges.Count;

    /// <summary>Adds a merge; a later one for the same pair replaces it, as in HF.</summary>
    public void Set(int left, int right, int rank, int merged) => _merges[Key(left, right)] = new Merge(rank, merged);

    /// <summary>Merges in place until nothing can be merged: a merged symbol stands at its first place, swallowed places hold <see cref="Swallowed"/>.</summary>
    /// <param name="symbols">Symbol ids; ids that no merge names stay as they are.</param>
    public void Apply(Span<int> symbols)
    {
        if (symbols.Length < 2) return;
        var links = ArrayPool<int>.Shared.Rent(2 * symbols.Length);
        var next = links.AsSpan(0, symbols.Length);
        var previous = links.AsSpan(symbols.Length, symbols.Length);
        var queue = new PriorityQueue<Candidate, long>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            if (i > 0) Offer(queue, symbols, i - 1, i);
        }
        while (queue.TryDequeue(out var candidate, out _))
        {
            var left = candidate.Left;
            var right = next[left];
            // A candidate is stale when one of its symbols has meanwhile been merged with another neighbour.
            if (symbols[left] != candidate.LeftSymbol || right == symbols.Length || symbols[right] != candidate.RightSymbol) continue;
            symbols[left] = candidate.Merged;
            symbols[right] = Swallowed;
            next[left] = next[right];
            if (next[left] < symbols.Length)
            {
                previous[next[left]] = left;
                Offer(queue, symbols, left, next[left]);
            }
            if (previous[left] >= 0) Offer(queue, symbols, previous[left], left);
        }
        ArrayPool<int>.Shared.Return(links);
    }

    private void Offer(PriorityQueue<Candidate, long> queue, Span<int> symbols, int left, int right)
    {
        if (_merges.TryGetValue(Key(symbols[left], symbols[right]), out var merge))
            queue.Enqueue(new Candidate(left, symbols[left], symbols[right], merge.Merged), Key(merge.Rank, left));
    }

    private static long Key(int high, int low) => (long)high << 32 | (uint)low;

    private readonly record struct Merge(int Rank, int Merged);

    private readonly record struct Candidate(int Left, int LeftSymbol, int RightSymbol, int Merged);
}
