namespace AlignSharp.Training;

/// <summary>
/// Which rows each update sees, by the Trainer's rules: epochs of micro-batches, grouped for accumulation; the last group of an epoch
/// may be smaller and still makes an update. How the rows of an update are divided again does not change which they are.
/// </summary>
public sealed class UpdatePlan
{
    private readonly IRowOrder _order;
    private readonly int _rows;
    private readonly int _batchSize;
    private readonly int _accumulation;
    private readonly bool _dropLast;

    /// <summary>Plans a run.</summary>
    /// <param name="order">Order of the rows in each epoch.</param>
    /// <param name="rows">Number of rows, at least 1.</param>
    /// <param name="batchSize">Rows a micro-batch (<c>per_device_train_batch_size</c>).</param>
    /// <param name="accumulation">Micro-batches an update (<c>gradient_accumulation_steps</c>).</param>
    /// <param name="epochs">Epochs (<c>num_train_epochs</c>), may be a fraction; ignored when <paramref name="maxSteps"/> is given.</param>
    /// <param name="maxSteps">Updates of the run (<c>max_steps</c>), or null.</param>
    /// <param name="dropLast">Whether an incomplete micro-batch at the end of an epoch is left out (<c>dataloader_drop_last</c>).</param>
    public UpdatePlan(IRowOrder order, int rows, int batchSize, int accumulation, double epochs, int? maxSteps, bool dropLast = false)
    {
        (_order, _rows, _batchSize, _accumulation, _dropLast) = (order, rows, batchSize, accumulation, dropLast);
        MicroBatchesPerEpoch = dropLast ? rows / batchSize : CeilingOfQuotient(rows, batchSize);
        UpdatesPerEpoch = CeilingOfQuotient(MicroBatchesPerEpoch, accumulation);
        MicroBatching = new CountedMicroBatches(batchSize);
        TotalSteps = maxSteps ?? (int)Math.Ceiling(epochs * UpdatesPerEpoch);
    }

    /// <summary>How the rows of an update become micro-batches: unless set, by the batch size that the plan was made with.</summary>
    public IMicroBatching MicroBatching { get; init; }

    /// <summary>Micro-batches of an epoch, counted by the batch size; 0 when dropping leaves none.</summary>
    public int MicroBatchesPerEpoch { get; }

    /// <summary>Updates of an epoch.</summary>
    public int UpdatesPerEpoch { get; }

    /// <summary>Updates of the run.</summary>
    public int TotalSteps { get; }

    // A batch size may mean "all rows", so that the product would overflow.
    private int RowsPerUpdate => (int)Math.Min(_rows, (long)_batchSize * _accumulation);

    // Without the usual sum, which would overflow for a batch size that means "all rows".
    private static int CeilingOfQuotient(int dividend, int divisor) => dividend / divisor + (dividend % divisor > 0 ? 1 : 0);

    /// <summary>The updates of the run in order.</summary>
    public IEnumerable<TrainingUpdate> Updates()
    {
        for (int epoch = 0, step = 0; step < TotalSteps; epoch++)
        {
            var done = 0;
            foreach (var rows in _order.Rows(epoch).Take(_dropLast ? MicroBatchesPerEpoch * _batchSize : _rows).Chunk(RowsPerUpdate))
            {
                done += rows.Length;
                yield return new TrainingUpdate(MicroBatching.Divide(rows), epoch + CeilingOfQuotient(done, _batchSize) / (double)MicroBatchesPerEpoch) { Weight = MicroBatching.Weight };
                if (++step == TotalSteps) yield break;
            }
        }
    }
}
