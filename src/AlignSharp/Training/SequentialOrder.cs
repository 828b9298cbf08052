namespace AlignSharp.Training;

/// <summary>The rows as they stand in the file, every epoch.</summary>
/// <param name="rows">Number of rows.</param>
public sealed class SequentialOrder(int rows) : IRowOrder
{
    /// <inheritdoc/>
    public int[] Rows(int epoch) => [.. Enumerable.Range(0, rows)];
}
