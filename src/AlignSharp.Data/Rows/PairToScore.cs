namespace AlignSharp.Data.Rows;

/// <summary>A preference to score.</summary>
/// <param name="Pair">The preference; unlike in training, its completions may be equal.</param>
public sealed record PairToScore(PreferenceExample Pair) : ScoreExample;
