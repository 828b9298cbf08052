namespace AlignSharp.Training;

/// <summary>The rows of one update of the parameters, as micro-batches whose gradients accumulate.</summary>
/// <param name="MicroBatches">Row indices of each micro-batch.</param>
/// <param name="Epoch">Epochs done after this update, a fraction.</param>
public sealed record TrainingUpdate(IReadOnlyList<int[]> MicroBatches, double Epoch)
{
    /// <summary>Weight of a micro-batch in what is logged, from what its loss is the mean of; unless set, all count alike.</summary>
    public Func<long, double> Weight { get; init; } = _ => 1;

    /// <summary>Rows of the whole update.</summary>
    public int RowCount => MicroBatches.Sum(m => m.Length);
}
