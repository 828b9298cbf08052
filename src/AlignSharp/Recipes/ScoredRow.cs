namespace AlignSharp.Recipes;

/// <summary>The scores of one row: <see cref="ScoredSequence"/> or <see cref="ScoredPair"/>.</summary>
public abstract record ScoredRow;
