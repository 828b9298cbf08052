namespace AlignSharp.Data.Previews;

/// <summary>One token of a row as it will be trained.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it adds to the decoded text; empty while a character is not complete.</param>
/// <param name="IsLearned">Whether it has loss on it.</param>
/// <param name="IsCut">Whether it lies behind the window, so that the run never sees it.</param>
public readonly record struct PreviewToken(int Id, string Text, bool IsLearned, bool IsCut);
