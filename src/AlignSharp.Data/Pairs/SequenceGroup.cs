namespace AlignSharp.Data.Pairs;

/// <summary>A row of supervised fine-tuning: one sequence, or several that were packed together and do not see one another.</summary>
/// <param name="Sequences">At least one sequence.</param>
public sealed record SequenceGroup(IReadOnlyList<TokenizedSequence> Sequences)
{
    /// <summary>Tokens of all sequences.</summary>
    public int Tokens { get; } = Sequences.Sum(sequence => sequence.Ids.Length);

    /// <summary>Tokens that carry loss: of each sequence those that are scored, without its first, which nothing predicts.</summary>
    public int ScoredTokens { get; } = Sequences.Sum(sequence => Count(sequence.Scored.AsSpan(1)));

    /// <summary>Labels other than -100, each sequence's first token included where it has one.</summary>
    public int Labels { get; } = Sequences.Sum(sequence => Count(sequence.Scored));

    private static int Count(ReadOnlySpan<bool> scored) => scored.Count(true);
}
