using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>
/// How the log-probabilities of a completion's tokens become one number: their sum, or with LD-DPO (Liu et al. 2024, arXiv:2409.06411) a sum in which the tokens
/// that the longer completion of a pair has beyond the shorter one's length count less. Policy and reference are summed alike.
/// </summary>
public sealed class CompletionSum
{
    private readonly double _surplusWeight;

    /// <summary>Creates the rule.</summary>
    /// <param name="surplusWeight">Weight of surplus tokens, 0 to 1: LD-DPO's α, TRL's <c>ld_alpha</c>; 1 is the plain sum.</param>
    public CompletionSum(double surplusWeight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(surplusWeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(surplusWeight, 1);
        _surplusWeight = surplusWeight;
    }

    /// <summary>The plain sum.</summary>
    public static CompletionSum Plain { get; } = new();

    /// <summary>Whether every token counts alike.</summary>
    public bool IsPlain => _surplusWeight == 1;

    /// <summary>Sums the scores of packed pairs.</summary>
    /// <param name="scores">Scores of a batch.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>float32 <c>[pairs]</c>, with the scores' gradient; owned by the caller's scope.</returns>
    public PairLogps Of(SequenceScores scores, TokenBatch batch) => Of(scores, batch.SequenceOf, batch.Packed.SequenceOf);

    // The sequence of each token twice: on its device, and here, where the places of tokens are counted.
    internal PairLogps Of(SequenceScores scores, Tensor sequenceOf, int[] sequences)
    {
        if (IsPlain) return scores.Sequences.ToPairs();
        using var scope = NewDisposeScope();
        var weights = tensor(Weights(sequences, (int)scores.Sequences.Sum.size(0)), device: sequenceOf.device);
        var sums = (scores.Tokens.Logps * weights).SumByGroup(sequenceOf, scores.Sequences.Sum.size(0));
        var pairs = (scores.Sequences with { Sum = sums }).ToPairs();
        return new PairLogps(pairs.Chosen.MoveToOuterDisposeScope(), pairs.Rejected.MoveToOuterDisposeScope());
    }

    private float[] Weights(int[] sequences, int count)
    {
        var lengths = new int[count];
        foreach (var sequence in sequences) lengths[sequence]++;
        var (weights, place) = (new float[sequences.Length], new int[count]);
        for (var token = 0; token < sequences.Length; token++)
        {
            var sequence = sequences[token];
            var shared = Math.Min(lengths[sequence], lengths[(sequence + count / 2) % count]);
            weights[token] = place[sequence]++ < shared ? 1 : (float)_surplusWeight;
        }
        return weights;
    }
}
