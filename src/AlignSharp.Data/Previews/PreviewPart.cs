namespace AlignSharp.Data.Previews;

/// <summary>A part of a row.</summary>
/// <param name="Name">prompt, chosen, rejected, or tokens.</param>
/// <param name="Tokens">Its tokens in order, the cut ones too.</param>
public sealed record PreviewPart(string Name, IReadOnlyList<PreviewToken> Tokens)
{
    /// <summary>Tokens that the run sees.</summary>
    public int Kept => Tokens.Count(token => !token.IsCut);
}
