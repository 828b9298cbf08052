using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Pairs;

/// <summary>Where tokens end in the text that they were made of.</summary>
internal static class TokenEnds
{
    /// <summary>Finds the ends by decoding token after token. Spaces that decoding adds are passed over.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="ids">Ids of the whole text.</param>
    /// <param name="text">The text.</param>
    /// <returns>For each token the index behind its last character, ascending; null where decoding gives another text.</returns>
    public static int[]? Of(ITokenizer tokenizer, int[] ids, string text)
    {
        var decoder = new StreamingDecoder(tokenizer);
        var ends = new int[ids.Length];
        var position = 0;
        for (var token = 0; token < ids.Length; token++)
        {
            foreach (var unit in decoder.Push(ids[token]))
            {
                if (position < text.Length && text[position] == unit) position++;
                else if (unit != ' ') return null;
            }
            ends[token] = position;
        }
        return position == text.Length ? ends : null;
    }
}
