namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>A stretch of text on its way through the pre-tokenizers.</summary>
/// <param name="Source">The text that holds it.</param>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="Length">Its UTF-16 units.</param>
/// <param name="AtOrigin">Whether it begins where the whole input began.</param>
internal readonly record struct TextPiece(string Source, int Start, int Length, bool AtOrigin)
{
    /// <summary>The stretch itself.</summary>
    public ReadOnlySpan<char> Span => Source.AsSpan(Start, Length);

    /// <summary>A part of the stretch.</summary>
    public TextPiece Part(int start, int end) => new(Source, Start + start, end - start, AtOrigin && start == 0);
}
