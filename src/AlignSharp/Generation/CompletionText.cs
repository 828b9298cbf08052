using System.Text;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Generation;

/// <summary>
/// The text of a completion as its tokens come, cut where a stop string begins. Behind the prompt's text it gives the text of both:
/// a space between them belongs to the completion. Special tokens are left out.
/// </summary>
public sealed class CompletionText
{
    private readonly StreamingDecoder _decoder;
    private readonly IReadOnlyList<string> _stops;
    private readonly StringBuilder _text = new();
    private int _given;

    /// <summary>Begins behind a prompt.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="promptIds">Ids of the prompt.</param>
    /// <param name="stops">Strings that end the completion and are not part of it; none is empty.</param>
    public CompletionText(ITokenizer tokenizer, IReadOnlyList<int> promptIds, IReadOnlyList<string> stops)
    {
        _decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: true);
        _stops = stops;
        foreach (var id in promptIds) Decoded(id);
    }

    /// <summary>Whether a stop string has come.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The text so far, the part that may still become a stop string included.</summary>
    public string Text => _text.ToString();

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Its id; one that the tokenizer lacks (a model may have more ids) has no text.</param>
    /// <returns>The text that is now certain, in parts that together make <see cref="Text"/>.</returns>
    public string Push(int id)
    {
        if (IsStopped) return "";
        var searched = _text.Length;
        _text.Append(Decoded(id));
        CutAtStop(searched);
        return Give(_text.Length - (IsStopped ? 0 : LengthOfPossibleStop()));
    }

    /// <summary>Ends the completion.</summary>
    /// <returns>The rest of the text.</returns>
    public string Finish()
    {
        if (!IsStopped) _text.Append(_decoder.Flush());
        return Give(_text.Length);
    }

    private string Decoded(int id)
    {
        try
        {
            return _decoder.Push(id);
        }
        catch (ArgumentOutOfRangeException)
        {
            return ""; // an id of the model's padded vocabulary; the decoder stays as it was
        }
    }

    private void CutAtStop(int searched)
    {
        if (_stops.Count == 0) return;
        // A stop string may have begun in the text before.
        var from = Math.Max(0, searched - _stops.Max(stop => stop.Length) + 1);
        var fresh = _text.ToString(from, _text.Length - from);
        var found = _stops.Select(stop => fresh.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        if (found < 0) return;
        IsStopped = true;
        _text.Length = from + found;
    }

    private int LengthOfPossibleStop()
    {
        var text = _text.ToString(_given, _text.Length - _given);
        for (var length = text.Length; length > 0; length--)
            if (_stops.Any(stop => stop.AsSpan().StartsWith(text.AsSpan(text.Length - length), StringComparison.Ordinal))) return length;
        return 0;
    }

    private string Give(int end)
    {
        var part = end > _given ? _text.ToString(_given, end - _given) : "";
        _given = Math.Max(_given, end);
        return part;
    }
}
