using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tensors;

/// <summary>Log-probabilities of given tokens, with logits made only where a token is scored, and never for a whole batch and vocabulary.</summary>
public static class LogProbHead
{
    /// <summary>Rows of logits that are there at a time.</summary>
    internal const int ChunkRows = 512;

    /// <summary>Scores tokens. The log-softmax is computed in float32 whatever the type of the logits.</summary>
    /// <param name="hidden">Final hidden states of all tokens, <c>[tokens, hidden]</c>.</param>
    /// <param name="predictedFrom">Index of the token that predicts each scored token, int64 <c>[scored]</c>; may repeat.</param>
    /// <param name="targets">Ids that stand there, int64 <c>[scored]</c>.</param>
    /// <param name="head">The output projection, <c>[vocabulary, hidden]</c>.</param>
    /// <param name="withStatistics">Whether to compute entropy, top-1 accuracy and mean logits too.</param>
    /// <returns>Tensors <c>[scored]</c>, owned by the caller's scope.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit each other, or an index points nowhere.</exception>
    public static TokenScores Score(Tensor hidden, Tensor predictedFrom, Tensor targets, LinearMap head, bool withStatistics)
    {
        Linear.Check(hidden, head);
        if (predictedFrom.dim() != 1 || !TorchNatives.Shape(predictedFrom).SequenceEqual(TorchNatives.Shape(targets)))
            throw new ArgumentException($"Indices {ShapeCheck.Describe(predictedFrom)} and ids {ShapeCheck.Describe(targets)} do not fit each other; expected one of each for a scored token", nameof(targets));
        if (!CpuKernels.Handle(hidden) || head.Magnitude is not null) return Compose(hidden, predictedFrom, targets, head, withStatistics);
        var scoring = new Scoring(predictedFrom, targets, head, withStatistics);
        return new TokenScores(Operation.Apply(scoring, [hidden, .. head.Parameters])[0], scoring.Statistics);
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

    private static TokenScores Compose(Tensor hidden, Tensor predictedFrom, Tensor targets, LinearMap head, bool withStatistics)
    {
        using var scope = NewDisposeScope();
        var chunks = new List<TokenScores>();
        // Nothing to score is one empty chunk, so that the result still hangs on the model's graph and a backward pass gives zeros.
        for (long row = 0; row == 0 || row < targets.size(0); row += ChunkRows)
        {
            var rows = Math.Min(ChunkRows, targets.size(0) - row);
            chunks.Add(ComposeChunk(hidden.index_select(0, predictedFrom.narrow(0, row, rows)), targets.narrow(0, row, rows), head, withStatistics));
        }
        return new TokenScores(
            cat([.. chunks.Select(c => c.Logps)], 0).MoveToOuterDisposeScope(),
            withStatistics ? Join([.. chunks.Select(c => c.Statistics!.Value)]) : null);
    }

    private static TokenScores ComposeChunk(Tensor hidden, Tensor targets, LinearMap head, bool withStatistics)
    {
        using var scope = NewDisposeScope();
        var made = Linear.Apply(hidden, head); // [rows, vocabulary]
        var logits = made.dtype == ScalarType.Float64 ? made : made.to(ScalarType.Float32);
        var all = F.log_softmax(logits, -1);
        var logps = all.gather(1, targets.unsqueeze(-1)).squeeze(-1).MoveToOuterDisposeScope();
        return new TokenScores(logps, withStatistics ? Describe(logits, all, targets) : null);
    }

    // Called inside the chunk's scope; only the four results leave it.
    private static TokenStatistics Describe(Tensor logits, Tensor logSoftmax, Tensor targets)
    {
        using var noGradient = no_grad();
        var probabilities = logSoftmax.exp();
        var entropy = -(probabilities * logSoftmax).sum(-1);
        var expected = (probabilities * probabilities).sum(-1).log();
        var correct = logits.argmax(-1).eq(targets).to(ScalarType.Float32);
        var mean = logits.mean([-1]);
        return new TokenStatistics(entropy.MoveToOuterDisposeScope(), correct.MoveToOuterDisposeScope(), mean.MoveToOuterDisposeScope(), expected.MoveToOuterDisposeScope());
    }

    private static TokenStatistics Join(TokenStatistics[] chunks) => new(
        cat([.. chunks.Select(c => c.Entropy)], 0).MoveToOuterDisposeScope(),
        cat([.. chunks.Select(c => c.Correct)], 0).MoveToOuterDisposeScope(),
        cat([.. chunks.Select(c => c.MeanLogit)], 0).MoveToOuterDisposeScope(),
        cat([.. chunks.Select(c => c.LogExpectedProbability)], 0).MoveToOuterDisposeScope());

    /// <summary>
    /// While the head is frozen the forward pass turns each chunk of logits into their gradient and multiplies it by the head's weight at once:
    /// what is kept is d(logp)/d(hidden) a scored token, which the loss only scales. A trained head needs the loss's coefficients first, so
    /// its backward pass makes the logits anew.
    /// </summary>
    private sealed unsafe class Scoring(Tensor predictedFrom, Tensor targets, LinearMap head, bool withStatistics) : Operation
    {
        private const int Parameters = LinearMap.ParameterCount;

        // One for each chunk, so that a head's dropout is not the same in all of them.
        private readonly LinearMapProducts[] _products = [.. Enumerable.Range(0, (int)((targets.size(0) + ChunkRows - 1) / ChunkRows)).Select(_ => new LinearMapProducts(head))];
        private long[] _hiddenShape = [];

        public TokenStatistics? Statistics { get; private set; }

        private bool IsHeadTrained => Enumerable.Range(1, Parameters).Any(Wants);

        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            var hidden = inputs[0]!.contiguous();
            IndexCheck.Require(predictedFrom, hidden.size(0), "the hidden states");
            IndexCheck.Require(targets, head.OutFeatures, "the vocabulary");
            _hiddenShape = [.. TorchNatives.Shape(hidden)];
            var scored = targets.size(0);
            Tensor Figures() => Buffers.Empty(ScalarType.Float32, CPU, scored);
            var logps = Figures();
            Tensor Kept() => Figures().MoveToOuterDisposeScope();
            if (withStatistics) Statistics = new TokenStatistics(Kept(), Kept(), Kept(), Kept());
            var slopes = IsRecorded && !IsHeadTrained ? Buffers.Empty(hidden.dtype, CPU, scored, hidden.size(1)) : null;
            for (long row = 0; row < scored; row += ChunkRows)
            {
                using var scope = NewDisposeScope();
                var rows = Math.Min(ChunkRows, scored - row);
                var products = _products[row / ChunkRows];
                var logits = products.Forward(Gather(hidden, predictedFrom, row, rows)).Output;
                float* From(Tensor? figures) => figures is null ? null : (float*)TorchNatives.Address(figures) + row;
                CpuKernels.Run(
                    new TokenScoring((int)logits.size(1))
                    {
                        Logits = (byte*)TorchNatives.Address(logits),
                        Targets = (long*)TorchNatives.Address(targets) + row,
                        Logps = From(logps),
                        Entropies = From(Statistics?.Entropy),
                        Correct = From(Statistics?.Correct),
                        MeanLogits = From(Statistics?.MeanLogit),
                        LogExpected = From(Statistics?.LogExpectedProbability),
                        ToGradient = slopes is not null,
                    },
                    logits.dtype, rows, 2 * CpuKernels.ExponentialWork * logits.size(1));
                slopes?.narrow(0, row, rows).copy_(LinearMapProducts.InputGradient([(products, logits, products.InnerGradient(logits))]));
            }
            if (IsRecorded) Save(slopes ?? hidden, predictedFrom, targets);
            return [logps];
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            if (gradients[0] is not { } found) return new Tensor?[1 + Parameters];
            var coefficients = found.contiguous(); // float32 [scored]
            var dhidden = Wants(0) ? Buffers.Empty(saved[0]!.dtype, CPU, _hiddenShape).zero_() : null;
            // The indices as they were saved: those of a batch may be disposed by now.
            if (IsHeadTrained) return [dhidden, .. BackwardOfTrainedHead(saved[0]!, saved[1]!, saved[2]!, coefficients, dhidden)];
            if (dhidden is not null) Scatter(saved[0]!, coefficients, saved[1]!, 0, dhidden);
            return [dhidden, .. new Tensor?[Parameters]];
        }

        private Tensor?[] BackwardOfTrainedHead(Tensor hidden, Tensor from, Tensor ids, Tensor coefficients, Tensor? dhidden)
        {
            // Nothing scored is a gradient of zeros, as everywhere.
            var sums = head.Parameters.Select((parameter, i) => Wants(1 + i) ? Buffers.Like(parameter!).zero_() : null).ToArray();
            var wanted = Enumerable.Range(1, Parameters).Select(Wants).ToArray();
            for (long row = 0; row < ids.size(0); row += ChunkRows)
            {
                using var scope = NewDisposeScope();
                var rows = Math.Min(ChunkRows, ids.size(0) - row);
                var products = _products[row / ChunkRows];
                var x = Gather(hidden, from, row, rows);
                var (gradient, inner) = products.Forward(x);
                CpuKernels.Run(
                    new TokenScoring((int)gradient.size(1))
                    {
                        Logits = (byte*)TorchNatives.Address(gradient),
                        Targets = (long*)TorchNatives.Address(ids) + row,
                        Coefficients = (float*)TorchNatives.Address(coefficients) + row,
                        ToGradient = true,
                    },
                    gradient.dtype, rows, 2 * CpuKernels.ExponentialWork * gradient.size(1));
                var innerGradient = products.InnerGradient(gradient);
                if (dhidden is not null)
                    Scatter(LinearMapProducts.InputGradient([(products, gradient, innerGradient)]), null, from, row, dhidden);
                foreach (var (i, part) in products.ParameterGradients(x, inner, gradient, innerGradient, wanted).Index())
                    if (part is not null) sums[i]!.AddInPlace(part);
            }
            return sums;
        }

        private static Tensor Gather(Tensor hidden, Tensor from, long row, long rows)
        {
            var gathered = Buffers.Empty(hidden.dtype, CPU, rows, hidden.size(1));
            CpuKernels.Run(
                new RowGathering((int)hidden.size(1))
                {
                    Table = (byte*)TorchNatives.Address(hidden),
                    Rows = (long*)TorchNatives.Address(from) + row,
                    Output = (byte*)TorchNatives.Address(gathered),
                },
                hidden.dtype, rows, hidden.size(1));
            return gathered;
        }

        private static void Scatter(Tensor slopes, Tensor? coefficients, Tensor from, long row, Tensor dhidden)
        {
            long rows = slopes.size(0), width = slopes.size(1);
            CpuKernels.Run(
                new RowScattering((int)rows, (int)width)
                {
                    Input = (byte*)TorchNatives.Address(slopes),
                    Coefficients = coefficients is null ? null : (float*)TorchNatives.Address(coefficients),
                    Rows = (long*)TorchNatives.Address(from) + row,
                    Output = (byte*)TorchNatives.Address(dhidden),
                },
                slopes.dtype, (width + RowScattering.Strip - 1) / RowScattering.Strip, rows * RowScattering.Strip);
        }
    }
}
