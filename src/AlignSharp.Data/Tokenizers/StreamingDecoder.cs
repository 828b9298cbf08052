using System.Runtime.InteropServices;

namespace AlignSharp.Data.Tokenizers;

/// <summary>
/// Decodes ids as they come: gives text as soon as its characters are complete. Together the parts are what decoding all ids
/// at once gives, as long as the ids stand for valid UTF-8 (byte-level tokenizers: always). For one sequence, on one thread.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly ITokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly List<int> _ids = [];
    private string _given = "";
    private int _givenIds;

    /// <summary>Begins a sequence.</summary>
    /// <param name="tokenizer">The tokenizer of the ids; borrowed.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out of the text.</param>
    public StreamingDecoder(ITokenizer tokenizer, bool skipSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Takes the next id.</summary>
    /// <param name="id">A token id; one that the vocabulary lacks is an <see cref="ArgumentOutOfRangeException"/> and leaves the decoder as it was.</param>
    /// <returns>The text that is now certain; empty while a character is incomplete.</returns>
    public string Push(int id)
    {
        _ids.Add(id);
        string text;
        try
        {
            text = DecodeKept();
        }
        catch (ArgumentOutOfRangeException)
        {
            _ids.RemoveAt(_ids.Count - 1);
            throw;
        }
        // The end may be the first bytes of a character.
        if (text.Length <= _given.Length || text.EndsWith('\uFFFD')) return "";
        var fresh = text[_given.Length..];
        // The ids of the last part given stay: what a tokenizer strips from the start of a text is then stripped from them, not from fresh ones.
        _ids.RemoveRange(0, _givenIds);
        _given = DecodeKept();
        _givenIds = _ids.Count;
        return fresh;
    }

    /// <summary>Ends the sequence and begins a new one.</summary>
    /// <returns>The text that was held back, with U+FFFD for what stayed incomplete.</returns>
    public string Flush()
    {
        var text = DecodeKept();
        var rest = text.Length > _given.Length ? text[_given.Length..] : "";
        _ids.Clear();
        _given = "";
        _givenIds = 0;
        return rest;
    }

    private string DecodeKept() => _tokenizer.Decode(CollectionsMarshal.AsSpan(_ids), _skipSpecialTokens);
}
