using System.Buffers;
using System.Globalization;
using System.Text;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Cuts added tokens out of a text: at each place the longest that begins there, from left to right, without overlap.</summary>
internal sealed class AddedTokenMatcher
{
    private const int NoToken = -1;
    private readonly Dictionary<(int Node, char Character), int> _children = [];
    private readonly List<int> _tokenAtNode = [NoToken];
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>Builds the matcher.</summary>
    /// <param name="tokens">The text to look for and the token that it stands for; empty texts are left out, as HF does.</param>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        var first = new HashSet<char>();
        foreach (var (text, token) in tokens)
        {
            if (text.Length == 0) continue;
            first.Add(text[0]);
            Insert(text, token);
        }
        _firstCharacters = SearchValues.Create([.. first]);
    }

    /// <summary>A stretch of the text: a token's id, or -1 for ordinary text.</summary>
    public readonly record struct Segment(int Start, int End, int TokenId)
    {
        /// <summary>Whether the stretch is an added token.</summary>
        public bool IsToken => TokenId != NoToken;
    }

    /// <summary>Cuts the text into tokens and the ordinary text between them; empty stretches are left out.</summary>
    public List<Segment> Split(string text)
    {
        var segments = new List<Segment>();
        var done = 0;
        for (var position = 0; TryFind(text, position, out var start, out var end, out var token); position = end)
        {
            if (start < done || token.SingleWord && !StandsAlone(text, start, end)) continue;
            var (left, right) = (start, end);
            if (token.LeftStrip) while (left > done && char.IsWhiteSpace(text[left - 1])) left--;
            if (token.RightStrip) while (right < text.Length && char.IsWhiteSpace(text[right])) right++;
            if (left > done) segments.Add(new Segment(done, left, NoToken));
            segments.Add(new Segment(left, right, token.Id));
            done = right;
        }
        if (done < text.Length) segments.Add(new Segment(done, text.Length, NoToken));
        return segments;
    }

    private void Insert(string text, AddedToken token)
    {
        var node = 0;
        foreach (var character in text)
        {
            if (!_children.TryGetValue((node, character), out var child))
            {
                child = _tokenAtNode.Count;
                _tokenAtNode.Add(NoToken);
                _children.Add((node, character), child);
            }
            node = child;
        }
        _tokenAtNode[node] = _tokens.Count;
        _tokens.Add(token);
    }

    private bool TryFind(string text, int from, out int start, out int end, out AddedToken token)
    {
        for (start = from; start < text.Length; start++)
        {
            var skip = text.AsSpan(start).IndexOfAny(_firstCharacters);
            if (skip < 0) break;
            start += skip;
            if (TryMatchAt(text, start, out end, out token)) return true;
        }
        (start, end, token) = (0, 0, null!);
        return false;
    }

    private bool TryMatchAt(string text, int start, out int end, out AddedToken token)
    {
        (end, token) = (start, null!);
        var node = 0;
        for (var i = start; i < text.Length && _children.TryGetValue((node, text[i]), out node); i++)
        {
            if (_tokenAtNode[node] == NoToken) continue;
            end = i + 1;
            token = _tokens[_tokenAtNode[node]];
        }
        return token is not null;
    }

    private static bool StandsAlone(string text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out var before, out _);
        Rune.DecodeFromUtf16(text.AsSpan(end), out var after, out _);
        return (start == 0 || !IsWord(before)) && (end == text.Length || !IsWord(after));
    }

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber;
}
