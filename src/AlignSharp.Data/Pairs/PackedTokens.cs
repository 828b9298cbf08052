namespace AlignSharp.Data.Pairs;

/// <summary>
/// A micro-batch as flat arrays without padding: segments one after the other, and for each scored token the position that
/// predicts it. Made by <see cref="Packer"/>; the arrays are shared, not copied, and are not to be changed.
/// </summary>
public sealed class PackedTokens
{
    internal PackedTokens(int[] ids, int[] positions, Segment[] segments, int[] predictedFrom, int[] targets, int[] sequenceOf, int sequences, int sequenceTokens)
    {
        Ids = ids;
        Positions = positions;
        Segments = segments;
        PredictedFrom = predictedFrom;
        Targets = targets;
        SequenceOf = sequenceOf;
        Sequences = sequences;
        SequenceTokens = sequenceTokens;
    }

    /// <summary>Token ids, <c>[tokens]</c>.</summary>
    public int[] Ids { get; }

    /// <summary>Position of each token in its own sequence, <c>[tokens]</c>; both branches of a segment restart at the trunk's length.</summary>
    public int[] Positions { get; }

    /// <summary>The segments in order; together they cover all tokens.</summary>
    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>For each scored token the index of the token whose logits predict it, <c>[scored]</c>.</summary>
    public int[] PredictedFrom { get; }

    /// <summary>For each scored token its id, <c>[scored]</c>.</summary>
    public int[] Targets { get; }

    /// <summary>For each scored token the sequence it belongs to, <c>[scored]</c>, ascending.</summary>
    public int[] SequenceOf { get; }

    /// <summary>Number of sequences; for pairs the first half are the chosen ones and the second half the rejected ones.</summary>
    public int Sequences { get; }

    /// <summary>Tokens of all full sequences, a shared prompt counted once for each.</summary>
    public int SequenceTokens { get; }
}
