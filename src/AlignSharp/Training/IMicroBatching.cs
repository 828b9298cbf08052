namespace AlignSharp.Training;

/// <summary>How the rows of an update become micro-batches, and how much each of them counts in what is logged.</summary>
public interface IMicroBatching
{
    /// <summary>Divides the rows of an update.</summary>
    /// <param name="rows">Row indices in the sampler's order.</param>
    /// <returns>Micro-batches in the order in which they run; together they hold each row once.</returns>
    IReadOnlyList<int[]> Divide(int[] rows);

    /// <summary>Weight of a micro-batch in the means that are logged.</summary>
    /// <param name="lossTerms">What its loss is the mean of: pairs, or scored tokens.</param>
    double Weight(long lossTerms);
}
