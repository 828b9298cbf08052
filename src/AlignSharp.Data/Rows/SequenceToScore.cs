namespace AlignSharp.Data.Rows;

/// <summary>A sequence to score.</summary>
/// <param name="Sequence">The sequence; unlike in training, none of its tokens need be scored.</param>
public sealed record SequenceToScore(SftExample Sequence) : ScoreExample;
