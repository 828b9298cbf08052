namespace AlignSharp.Recipes;

/// <summary>What <c>align eval</c> found.</summary>
/// <param name="Reference">What pairs were compared with, for people; null for texts.</param>
/// <param name="Rows">Pairs or texts that were measured.</param>
/// <param name="DroppedRows">Rows left out: no token of theirs is scored, or their prompt fills the maximal length.</param>
/// <param name="TruncatedRows">Measured rows that were cut at the maximal length.</param>
/// <param name="Tokens">Scored tokens of the measured rows; of pairs, those of both completions.</param>
/// <param name="Metrics">
/// Means over all pairs, or over all scored tokens, under TRL's names: <c>loss</c>, <c>rewards/*</c>, <c>logps/*</c>, <c>logits/*</c>,
/// <c>entropy</c>, <c>mean_token_accuracy</c>; and e to the mean loss of a token: <c>perplexity</c> of texts, <c>perplexity/chosen</c> and
/// <c>perplexity/rejected</c> of pairs.
/// </param>
public sealed record EvalReport(string? Reference, int Rows, int DroppedRows, int TruncatedRows, long Tokens, IReadOnlyList<KeyValuePair<string, double>> Metrics);
