using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>Asks a reference about a data set ahead of training, in the set's order, without gradient and without dropout.</summary>
/// <param name="policy">The model that is trained, whose type and device a batch takes; not disposed.</param>
/// <param name="source">The reference, which may be that model itself.</param>
/// <param name="pairs">The data set, at least one pair.</param>
/// <param name="batchSize">Most pairs of a batch. Another size moves a log-probability by rounding only.</param>
/// <param name="maxTokens">Most tokens of a batch, the prompt of a pair counted once; a longer pair is a batch of its own.</param>
public sealed class ReferencePass(CausalLanguageModel policy, IReferenceSource source, IReadOnlyList<TokenizedPair> pairs, int batchSize, int maxTokens = int.MaxValue)
{
    /// <summary>Rows of the data set.</summary>
    public int Rows => pairs.Count;

    /// <summary>The type that the reference computes in, which decides how exact it is.</summary>
    public ScalarType ComputeType => policy.ComputeType;

    /// <summary>Log-probabilities of all rows.</summary>
    /// <param name="cancellation">Checked between batches.</param>
    public ReferenceLogps All(CancellationToken cancellation = default) => Compute(Batches, cancellation);

    /// <summary>Log-probabilities of the first batch's rows, as <see cref="All"/> computes them.</summary>
    public ReferenceLogps FirstBatch() => Compute(Batches.Take(1), default);

    private IEnumerable<IReadOnlyList<int>> Batches => TokenBudget.Consecutive(Enumerable.Range(0, pairs.Count), row => pairs[row].PackedTokens, maxTokens, batchSize);

    private ReferenceLogps Compute(IEnumerable<IReadOnlyList<int>> rows, CancellationToken cancellation)
    {
        var wasTraining = policy.training;
        policy.eval();
        try
        {
            var batches = new List<ReferenceLogps>();
            foreach (var batch in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                batches.Add(Compute(batch));
            }
            return new ReferenceLogps([.. batches.SelectMany(b => b.Chosen)], [.. batches.SelectMany(b => b.Rejected)]);
        }
        finally
        {
            if (wasTraining) policy.train();
        }
    }

    private ReferenceLogps Compute(IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        using var batch = new TokenBatch(Packer.Pack([.. rows.Select(row => pairs[row])]), policy.Device);
        return ReferenceLogps.Of(source.Logps(batch, rows));
    }
}
