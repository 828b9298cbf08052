namespace AlignSharp.Data.Pairs;

/// <summary>A pair before it is cut to a window.</summary>
/// <param name="Pair">Its ids.</param>
/// <param name="IsSplitApart">Whether a token spans the end of the prompt, so that prompt and completion were tokenised apart.</param>
public readonly record struct WholePair(TokenizedPair Pair, bool IsSplitApart);
