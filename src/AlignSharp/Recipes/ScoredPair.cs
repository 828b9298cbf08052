namespace AlignSharp.Recipes;

/// <summary>The scores of a pair's completions.</summary>
/// <param name="Chosen">The better completion's.</param>
/// <param name="Rejected">The worse completion's.</param>
public sealed record ScoredPair(ScoredSequence Chosen, ScoredSequence Rejected) : ScoredRow;
