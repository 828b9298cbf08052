namespace AlignSharp.Data.Pairs;

/// <summary>The pairs of a data set in token space, and what tokenising did to them.</summary>
/// <param name="Pairs">The pairs in the order of their rows.</param>
/// <param name="DroppedPairs">Pairs left out because their prompt alone fills the maximal length (TRL 1.9).</param>
/// <param name="TruncatedPrompts">Kept pairs whose prompt was cut.</param>
/// <param name="TruncatedPairs">Kept pairs of which at least one completion was cut.</param>
/// <param name="EqualAfterTruncation">Those of <paramref name="TruncatedPairs"/> whose two completions became equal; kept, as in TRL, but they teach nothing.</param>
/// <param name="BoundaryMismatches">
/// Kept pairs of which at least one text is tokenised across the end of the prompt, so that its prompt's ids do not begin the ids of the whole.
/// </param>
public sealed record TokenizedPairs(IReadOnlyList<TokenizedPair> Pairs, int DroppedPairs, int TruncatedPrompts, int TruncatedPairs, int EqualAfterTruncation, int BoundaryMismatches);
