using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>
/// Remembers what another source said about each row of a data set, so that a frozen reference runs once per row however many
/// epochs follow. Filling it before the first step is what TRL calls <c>precompute_ref_log_probs</c>.
/// </summary>
/// <param name="source">Asked about rows that are not known yet.</param>
/// <param name="rowCount">Rows of the data set.</param>
public sealed class RememberedReference(IReferenceSource source, int rowCount) : IReferenceSource
{
    private readonly float[] _chosen = new float[rowCount];
    private readonly float[] _rejected = new float[rowCount];
    private readonly bool[] _known = new bool[rowCount];

    /// <inheritdoc/>
    public PairLogps Logps(TokenBatch batch, IReadOnlyList<int> rows)
    {
        if (rows.All(row => _known[row])) return Recall(rows, batch.Inputs.Ids.device);
        var logps = source.Logps(batch, rows);
        Remember(ReferenceLogps.Of(logps), rows);
        return logps;
    }

    /// <summary>Remembers all rows at once, so that the source is never asked.</summary>
    /// <param name="logps">Log-probabilities of every row of the data set, in its order.</param>
    /// <exception cref="ArgumentException">They are of another number of rows.</exception>
    public void Remember(ReferenceLogps logps)
    {
        if (logps.Rows != rowCount) throw new ArgumentException($"Log-probabilities of {logps.Rows} rows were given for a data set of {rowCount}.", nameof(logps));
        Remember(logps, [.. Enumerable.Range(0, rowCount)]);
    }

    private void Remember(ReferenceLogps logps, IReadOnlyList<int> rows)
    {
        for (var i = 0; i < rows.Count; i++)
            (_chosen[rows[i]], _rejected[rows[i]], _known[rows[i]]) = (logps.Chosen[i], logps.Rejected[i], true);
    }

    private PairLogps Recall(IReadOnlyList<int> rows, Device device) => new(
        tensor(rows.Select(row => _chosen[row]).ToArray(), device: device),
        tensor(rows.Select(row => _rejected[row]).ToArray(), device: device));
}
