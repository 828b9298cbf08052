namespace AlignSharp.Data.Checks.RowRules;

/// <summary>Half of a character beyond U+FFFF.</summary>
internal sealed class LoneSurrogate : IRowRule
{
    public FindingKind Kind { get; } = new(
        "lone-surrogate",
        "a text holds half of a character",
        "A lone surrogate is no character and cannot be written as UTF-8: a text was cut in the middle of an emoji, or badly escaped. Tokenizers read it as U+FFFD or fail.",
        "Cut texts between characters, and repair or remove the rows.")
    {
        Severity = FindingKind.Error,
    };

    public string? Find(PairView pair) => pair.Where(Find);

    private static int Find(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return at;
            at++;
        }
        return -1;
    }
}
