namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>A token that is cut out of the text before the model sees it.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="Special">Whether decoding may leave it out.</param>
/// <param name="Normalized">Whether it is looked for in the normalised text instead of the raw text.</param>
/// <param name="SingleWord">Whether it counts only between non-word characters.</param>
/// <param name="LeftStrip">Whether it swallows the whitespace before it.</param>
/// <param name="RightStrip">Whether it swallows the whitespace after it.</param>
internal sealed record AddedToken(
    string Content, int Id, bool Special = false, bool Normalized = false, bool SingleWord = false, bool LeftStrip = false, bool RightStrip = false);
