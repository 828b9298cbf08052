namespace AlignSharp.Training;

/// <summary>Micro-batches of a fixed number of rows, in the sampler's order; each counts alike in what is logged, as in TRL.</summary>
/// <param name="batchSize">Rows a micro-batch (<c>per_device_train_batch_size</c>); the last of an update may have fewer.</param>
public sealed class CountedMicroBatches(int batchSize) : IMicroBatching
{
    /// <inheritdoc/>
    public IReadOnlyList<int[]> Divide(int[] rows) => [.. rows.Chunk(batchSize)];

    /// <inheritdoc/>
    public double Weight(long lossTerms) => 1;
}
