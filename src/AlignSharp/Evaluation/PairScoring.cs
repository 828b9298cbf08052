using AlignSharp.Objectives;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Turns a policy's scores of packed pairs, and a reference's, into what an objective is given.</summary>
internal static class PairScoring
{
    /// <summary>Everything that objectives read; the figures of <paramref name="scores"/> must be there.</summary>
    /// <returns>Tensors owned by the caller's scope.</returns>
    public static ObjectiveInput Input(SequenceScores scores, Tensor sequenceOf, int[] sequences, PairLogps reference, CompletionSum sum) =>
        new(sum.Of(scores, sequenceOf, sequences), reference, scores.Sequences.ToPairCounts())
        {
            ChosenSum = scores.Sequences.ToPairs().Chosen,
            LogWeights = LogWeights(scores, sequenceOf),
        };

    private static Tensor LogWeights(SequenceScores scores, Tensor sequenceOf)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var relative = scores.Tokens.Logps.detach() - scores.Tokens.Statistics!.Value.LogExpectedProbability;
        var counts = scores.Sequences.TokenCount;
        var means = relative.SumByGroup(sequenceOf, counts.size(0)) / counts.AtLeast(1);
        var pairs = counts.size(0) / 2;
        return means.narrow(0, 0, pairs).Plus(means.narrow(0, pairs, pairs)).MoveToOuterDisposeScope();
    }
}
