using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tensors;

/// <summary>Log-probabilities of given tokens, with logits made only where a token is scored, never for a whole batch and vocabulary.</summary>
public static class LogProbHead
{
    private const int ChunkRows = 1024;

    /// <summary>Scores tokens. The log-softmax is computed in float32 whatever the type of the logits.</summary>
    /// <param name="hidden">Final hidden states at the positions that predict, <c>[scored, hidden]</c>.</param>
    /// <param name="targets">Ids that stand there, int64 <c>[scored]</c>.</param>
    /// <param name="toLogits">The output projection: <c>[rows, hidden]</c> to <c>[rows, vocabulary]</c>.</param>
    /// <param name="withStatistics">Whether to compute entropy, top-1 accuracy and mean logits too.</param>
    /// <returns>Tensors <c>[scored]</c>, owned by the caller's scope.</returns>
    public static TokenScores Score(Tensor hidden, Tensor targets, Func<Tensor, Tensor> toLogits, bool withStatistics)
    {
        using var scope = NewDisposeScope();
        var chunks = new List<TokenScores>();
        // Nothing to score is one empty chunk, so that the result still hangs on the model's graph and a backward pass gives zeros.
        for (long row = 0; row == 0 || row < hidden.shape[0]; row += ChunkRows)
        {
            var rows = Math.Min(ChunkRows, hidden.shape[0] - row);
            chunks.Add(ScoreChunk(hidden.narrow(0, row, rows), targets.narrow(0, row, rows), toLogits, withStatistics));
        }
        return new TokenScores(
            cat([.. chunks.Select(c => c.Logps)], 0).MoveToOuterDisposeScope(),
            withStatistics ? Join([.. chunks.Select(c => c.Statistics!.Value)]) : null);
    }

    /// <summary>Sums token log-probabilities per sequence.</summary>
    /// <param name="logps">float32 <c>[scored]</c>.</param>
    /// <param name="sequenceOf">Sequence of each, int64 <c>[scored]</c>.</param>
    /// <param name="sequences">Number of sequences.</param>
    /// <returns>Owned by the caller's scope.</returns>
    public static SequenceLogps SumPerSequence(Tensor logps, Tensor sequenceOf, long sequences)
    {
        using var ones = ones_like(sequenceOf, dtype: ScalarType.Float32);
        return new SequenceLogps(logps.SumByGroup(sequenceOf, sequences), ones.SumByGroup(sequenceOf, sequences));
    }

    private static TokenScores ScoreChunk(Tensor hidden, Tensor targets, Func<Tensor, Tensor> toLogits, bool withStatistics)
    {
        using var scope = NewDisposeScope();
        var logits = toLogits(hidden).to(ScalarType.Float32); // [rows, vocabulary]
        var all = F.log_softmax(logits, -1);
        var logps = all.gather(1, targets.unsqueeze(-1)).squeeze(-1).MoveToOuterDisposeScope();
        return new TokenScores(logps, withStatistics ? Describe(logits, all, targets) : null);
    }

    // Called inside the chunk's scope; only the three results leave it.
    private static TokenStatistics Describe(Tensor logits, Tensor logSoftmax, Tensor targets)
    {
        using var noGradient = no_grad();
        var entropy = -(logSoftmax.exp() * logSoftmax).sum(-1);
        var correct = logits.argmax(-1).eq(targets).to(ScalarType.Float32);
        var mean = logits.mean([-1]);
        return new TokenStatistics(entropy.MoveToOuterDisposeScope(), correct.MoveToOuterDisposeScope(), mean.MoveToOuterDisposeScope());
    }

    private static TokenStatistics Join(TokenStatistics[] chunks) => new(
        cat([.. chunks.Select(c => c.Entropy)], 0).MoveToOuterDisposeScope(),
        cat([.. chunks.Select(c => c.Correct)], 0).MoveToOuterDisposeScope(),
        cat([.. chunks.Select(c => c.MeanLogit)], 0).MoveToOuterDisposeScope());
}
