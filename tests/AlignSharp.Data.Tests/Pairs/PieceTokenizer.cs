using System.Text;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Tests.Pairs;

/// <summary>
/// A small tokenizer in the manner of Llama 2: spaces become U+2581, one is put in front of a text, the longest known piece wins,
/// special tokens are cut out of the text first.
/// </summary>
internal sealed class PieceTokenizer(bool spaceInFront = true, bool eosBehind = false) : ITokenizer
{
    private const char Space = '\u2581';
    private static readonly string[] Words = ["<s>", "</s>", "\u2581yes", "yes", "\u2581no", "no", "\u2581Answer", "\u2581ab", "ab"];

    private readonly string[] _pieces = [.. Words, .. Enumerable.Range(0, 128).Select(c => ((char)c).ToString()), Space.ToString()];

    public int VocabularySize => _pieces.Length;

    public SpecialTokens Special { get; } = new(new("<s>", 0), new("</s>", 1), null, null);

    public int Id(string piece) => Array.IndexOf(_pieces, piece);

    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        var ids = new List<int>();
        if (addSpecialTokens) ids.Add(0);
        var parts = text.Split("</s>");
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) ids.Add(1);
            EncodePart(parts[i], front: spaceInFront && i == 0, ids);
        }
        if (addSpecialTokens && eosBehind) ids.Add(1);
        return [.. ids];
    }

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
            if (!skipSpecialTokens || id > 1) text.Append(_pieces[id]);
        var spaced = text.Replace(Space, ' ').ToString();
        return spaceInFront ? spaced.Replace("<s> ", "<s>", StringComparison.Ordinal) : spaced;
    }

    private void EncodePart(string part, bool front, List<int> ids)
    {
        if (part.Length == 0) return;
        var text = (front ? Space.ToString() : "") + part.Replace(' ', Space);
        for (var at = 0; at < text.Length;)
        {
            var piece = _pieces.Where(p => string.CompareOrdinal(text, at, p, 0, p.Length) == 0).MaxBy(p => p.Length)!;
            ids.Add(Id(piece));
            at += piece.Length;
        }
    }
}
