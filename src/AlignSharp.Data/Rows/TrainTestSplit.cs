using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Parts a data set into rows to train on and rows to test on, as <c>datasets.Dataset.train_test_split(test_size, seed)</c> does.</summary>
public static class TrainTestSplit
{
    /// <summary>The indices of both parts, in their order.</summary>
    /// <param name="count">Rows of the data set.</param>
    /// <param name="testSize">Rows to test on: a fraction below 1 (rounded up), or a number from 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="shuffles">Whether rows are drawn; else the last rows are the test.</param>
    /// <exception cref="ConfigurationException">No row is left for one of the parts.</exception>
    public static (int[] Train, int[] Test) Of(int count, double testSize, ulong seed, bool shuffles = true)
    {
        if (!(testSize > 0) || (testSize >= 1 && testSize != Math.Floor(testSize))) throw new ConfigurationException($"test_split_size: {testSize} is neither a fraction between 0 and 1 nor a whole number of rows");
        var test = testSize < 1 ? (int)Math.Ceiling(testSize * count) : (int)Math.Min(testSize, int.MaxValue);
        if (test >= count) throw new ConfigurationException($"test_split_size: {testSize} of {count} rows leaves none to train on");
        if (!shuffles) return ([.. Enumerable.Range(0, count - test)], [.. Enumerable.Range(count - test, test)]);
        var order = new NumpyGenerator(seed).Permutation(count);
        return (order[test..], order[..test]);
    }
}
