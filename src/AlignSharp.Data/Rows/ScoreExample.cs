namespace AlignSharp.Data.Rows;

/// <summary>One row to score: a sequence (<see cref="SequenceToScore"/>) or a preference (<see cref="PairToScore"/>).</summary>
public abstract record ScoreExample;
