namespace AlignSharp.Recipes;

/// <summary>The log-probabilities of a sequence's scored tokens.</summary>
/// <param name="Logps">Natural logarithms, one a scored token in its order; may be empty.</param>
public sealed record ScoredSequence(IReadOnlyList<float> Logps) : ScoredRow
{
    /// <summary>Sum of <see cref="Logps"/>, added up in double precision.</summary>
    public double Sum => Logps.Sum(logp => (double)logp);

    /// <summary>Number of scored tokens.</summary>
    public int Tokens => Logps.Count;
}
