namespace AlignSharp.Tensors;

/// <summary>Scores of a packed batch: per scored token and summed per sequence.</summary>
/// <param name="Tokens">One entry a scored token.</param>
/// <param name="Sequences">One entry a sequence.</param>
public readonly record struct SequenceScores(TokenScores Tokens, SequenceLogps Sequences);
