using System.Runtime.InteropServices;
using System.Text;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>
/// The training loop of BPE: merges the most frequent pair again and again. Ties go to the smaller left id, then the smaller
/// right id, so the result does not depend on the order of a hash table.
/// </summary>
internal sealed class PairMerging
{
    private readonly List<(int[] Symbols, long Count)> _words = [];
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
    private readonly PriorityQueue<(int Left, int Right), (long NegativeCount, int Left, int Right)> _queue = new();
    private readonly int _firstByte;
    private readonly long _minimumCount;

    /// <summary>Counts the pairs of words.</summary>
    /// <param name="words">Words and how often each occurs.</param>
    /// <param name="firstByte">Id of byte 0; the other bytes follow, special tokens come before.</param>
    /// <param name="minimumCount">Rarer pairs are never merged.</param>
    public PairMerging(Dictionary<string, long> words, int firstByte, long minimumCount)
    {
        _firstByte = firstByte;
        _minimumCount = Math.Max(1, minimumCount);
        foreach (var (word, count) in words)
        {
            int[] symbols = [.. Encoding.UTF8.GetBytes(word).Select(value => firstByte + value)];
            _words.Add((symbols, count));
            for (var i = 1; i < symbols.Length; i++) Change((symbols[i - 1], symbols[i]), count, _words.Count - 1);
        }
        foreach (var pair in _counts.Keys) Offer(pair);
    }

    /// <summary>Merges until the vocabulary has the wanted size or no pair is frequent enough.</summary>
    /// <param name="vocabulary">Token texts by id; new tokens are appended.</param>
    /// <param name="wantedSize">Wanted number of tokens.</param>
    /// <returns>The merges in order.</returns>
    public List<(string Left, string Right)> Run(List<string> vocabulary, int wantedSize)
    {
        var merges = new List<(string, string)>();
        var ids = new Dictionary<string, int>();
        for (var id = 0; id < vocabulary.Count; id++) ids.TryAdd(vocabulary[id], id);
        while (vocabulary.Count < wantedSize && TryTakeMostFrequent(out var pair))
        {
            var merged = vocabulary[pair.Left] + vocabulary[pair.Right];
            // A special token never comes out of merges: its id must not stand for plain text.
            if (ids.TryGetValue(merged, out var known) && known < _firstByte) continue;
            // Two ways to spell one token (a+bc, ab+c) share its id.
            if (ids.TryAdd(merged, vocabulary.Count)) vocabulary.Add(merged);
            merges.Add((vocabulary[pair.Left], vocabulary[pair.Right]));
            Merge(pair, ids[merged]);
        }
        return merges;
    }

    private bool TryTakeMostFrequent(out (int Left, int Right) pair)
    {
        while (_queue.TryDequeue(out pair, out var priority))
        {
            var count = _counts.GetValueOrDefault(pair);
            if (count == -priority.NegativeCount && count >= _minimumCount) return true;
            // The count has fallen since: back in line.
            if (count < -priority.NegativeCount) Offer(pair);
        }
        return false;
    }

    private void Merge((int Left, int Right) pair, int merged)
    {
        var touched = new HashSet<(int, int)>();
        foreach (var index in _places[pair].Order().ToArray())
        {
            var (symbols, count) = _words[index];
            var shorter = Replace(symbols, pair, merged);
            if (shorter.Length == symbols.Length) continue;
            for (var i = 1; i < symbols.Length; i++) Change((symbols[i - 1], symbols[i]), -count, index);
            for (var i = 1; i < shorter.Length; i++)
            {
                Change((shorter[i - 1], shorter[i]), count, index);
                if (shorter[i - 1] == merged || shorter[i] == merged) touched.Add((shorter[i - 1], shorter[i]));
            }
            _words[index] = (shorter, count);
        }
        _places.Remove(pair);
        _counts.Remove(pair);
        foreach (var fresh in touched) Offer(fresh);
    }

    private static int[] Replace(int[] symbols, (int Left, int Right) pair, int merged)
    {
        var output = new List<int>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            var found = i + 1 < symbols.Length && symbols[i] == pair.Left && symbols[i + 1] == pair.Right;
            output.Add(found ? merged : symbols[i]);
            if (found) i++;
        }
        return [.. output];
    }

    private void Change((int Left, int Right) pair, long by, int word)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += by;
        ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
        (places ??= []).Add(word);
    }

    private void Offer((int Left, int Right) pair)
    {
        var count = _counts.GetValueOrDefault(pair);
        if (count >= _minimumCount) _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
    }
}
