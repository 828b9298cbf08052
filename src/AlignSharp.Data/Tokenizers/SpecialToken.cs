namespace AlignSharp.Data.Tokenizers;

/// <summary>A token with a role, such as the end of a sequence.</summary>
/// <param name="Content">Its text, for example <c>&lt;/s&gt;</c>.</param>
/// <param name="Id">Its id.</param>
public sealed record SpecialToken(string Content, int Id);
