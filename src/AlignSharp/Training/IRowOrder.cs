namespace AlignSharp.Training;

/// <summary>The order in which an epoch visits the rows of a data set.</summary>
public interface IRowOrder
{
    /// <summary>A permutation of the rows.</summary>
    /// <param name="epoch">Epoch, from 0.</param>
    int[] Rows(int epoch);
}
