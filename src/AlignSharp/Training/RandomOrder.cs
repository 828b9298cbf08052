using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Training;

/// <summary>A fresh random order each epoch: <c>torch.randperm</c> from a generator seeded with seed + epoch, as accelerate's sampler does.</summary>
/// <param name="rows">Number of rows.</param>
/// <param name="seed">The run's <c>data_seed</c>, or its <c>seed</c>.</param>
public sealed class RandomOrder(int rows, long seed) : IRowOrder
{
    /// <inheritdoc/>
    public int[] Rows(int epoch)
    {
        using var generator = new Generator((ulong)(seed + epoch), CPU);
        using var permutation = randperm(rows, generator: generator);
        return [.. permutation.data<long>().ToArray().Select(row => (int)row)];
    }
}
