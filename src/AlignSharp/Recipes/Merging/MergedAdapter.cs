namespace AlignSharp.Recipes.Merging;

/// <summary>An adapter that was merged.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Weight">Factor that the user gave it.</param>
/// <param name="Rank">Its rank.</param>
/// <param name="Scaling">Its own scaling, alpha/r or alpha/√r; its update counts weight · scaling · B·A.</param>
public sealed record MergedAdapter(string Path, double Weight, int Rank, double Scaling);
