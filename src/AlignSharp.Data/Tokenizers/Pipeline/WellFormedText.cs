namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Text without lone surrogates.</summary>
internal static class WellFormedText
{
    /// <summary>The text with every lone surrogate replaced by U+FFFD; the same instance when there is none.</summary>
    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0) return text;
        return string.Create(text.Length, text, static (output, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                output[i] = source[i];
                if (!char.IsSurrogate(source[i])) continue;
                if (char.IsHighSurrogate(source[i]) && i + 1 < source.Length && char.IsLowSurrogate(source[i + 1])) output[i + 1] = source[++i];
                else output[i] = '\uFFFD';
            }
        });
    }
}
