using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>What a tokenizer.json says about its BPE model beyond vocabulary and merges.</summary>
/// <param name="UnknownId">Id for characters outside the vocabulary; null drops them, as HF does.</param>
/// <param name="FuseUnknown">Whether neighbouring unknown characters share one unknown token.</param>
/// <param name="ByteFallback">Whether unknown characters become the <c>&lt;0xXX&gt;</c> tokens of their bytes.</param>
/// <param name="IgnoreMerges">Whether a whole word of the vocabulary is taken as it is.</param>
internal sealed record BpeOptions(int? UnknownId, bool FuseUnknown, bool ByteFallback, bool IgnoreMerges);

/// <summary>Byte-pair encoding of one word: characters, then merges by rank. Keeps a bounded cache of short words.</summary>
internal sealed class BpeModel
{
    private const int CachedWords = 32_768;
    private const int CachedWordLength = 64;
    private const char Space = '\u2581';

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary;
    private readonly MergeTable _merges;
    private readonly BpeOptions _options;
    private readonly int[] _byteIds;
    private readonly ConcurrentDictionary<string, int[]> _cache = new();
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;
    private readonly bool _cutsAtSpaces;
    private int _cached;

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">Ids of the texts of tokens.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="options">What else the file says.</param>
    /// <param name="mergesIntoSpaces">Whether a merge appends what begins with U+2581 to what does not end with it.</param>
    public BpeModel(Dictionary<string, int> vocabulary, MergeTable merges, BpeOptions options, bool mergesIntoSpaces = true)
    {
        _cutsAtSpaces = !mergesIntoSpaces && !options.IgnoreMerges && vocabulary.ContainsKey(Space.ToString());
        _vocabulary = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _merges = merges;
        _options = options;
        _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        _byteIds = [.. Enumerable.Range(0, 256).Select(value => vocabulary.GetValueOrDefault($"<0x{value:X2}>", -1))];
    }

    /// <summary>
    /// Appends the ids of a word, which is the whole text where nothing splits it (SentencePiece). If then no merge leads from one of its words
    /// into the space of the next, each is merged alone: the same ids, and short words are known already.
    /// </summary>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        while (_cutsAtSpaces && NextWord(word) is > 0 and var end)
        {
            EncodeWord(word[..end], ids);
            word = word[end..];
        }
        EncodeWord(word, ids);
    }

    /// <summary>Where the first space behind another character stands, or 0.</summary>
    private static int NextWord(ReadOnlySpan<char> text)
    {
        var start = text.IndexOfAnyExcept(Space);
        return start < 0 ? 0 : start + 1 + text[(start + 1)..].IndexOf(Space) is var end && end > start ? end : 0;
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_options.IgnoreMerges && _vocabulary.TryGetValue(word, out var whole))
        {
            ids.Add(whole);
            return;
        }
        if (word.Length > CachedWordLength)
        {
            Merge(word, ids);
            return;
        }
        if (!_cacheBySpan.TryGetValue(word, out var found))
        {
            var fresh = new List<int>();
            Merge(word, fresh);
            found = [.. fresh];
            if (Interlocked.Increment(ref _cached) <= CachedWords) _cacheBySpan.TryAdd(word, found);
            else Interlocked.Decrement(ref _cached);
        }
        ids.AddRange(found);
    }

    private void Merge(ReadOnlySpan<char> word, List<int> ids)
    {
        // A character gives at most as many symbols as it has UTF-8 bytes: 3 per UTF-16 unit.
        var buffer = ArrayPool<int>.Shared.Rent(3 * word.Length);
        var symbols = buffer.AsSpan(0, FillSymbols(word, buffer));
        _merges.Apply(symbols);
        foreach (var symbol in symbols)
            if (symbol != MergeTable.Swallowed) ids.Add(symbol);
        ArrayPool<int>.Shared.Return(buffer);
    }

    private int FillSymbols(ReadOnlySpan<char> word, Span<int> symbols)
    {
        var count = 0;
        var afterUnknown = false;
        for (var position = 0; position < word.Length;)
        {
            Rune.DecodeFromUtf16(word[position..], out var rune, out var length);
            var known = _vocabulary.TryGetValue(word.Slice(position, length), out var id);
            position += length;
            if (known) symbols[count++] = id;
            else if (TryBytes(rune, symbols, ref count)) known = true;
            else if (_options.UnknownId is { } unknown && !(afterUnknown && _options.FuseUnknown)) symbols[count++] = unknown;
            afterUnknown = !known;
        }
        return count;
    }

    private bool TryBytes(Rune rune, Span<int> symbols, ref int count)
    {
        if (!_options.ByteFallback) return false;
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..rune.EncodeToUtf8(utf8)];
        foreach (var value in utf8)
            if (_byteIds[value] < 0) return false;
        foreach (var value in utf8) symbols[count++] = _byteIds[value];
        return true;
    }
}
