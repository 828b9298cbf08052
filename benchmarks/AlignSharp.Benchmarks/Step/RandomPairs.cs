using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;

namespace AlignSharp.Benchmarks.Step;

/// <summary>Random pairs; a step's batch depends on the seed and its number alone.</summary>
internal static class RandomPairs
{
    // Special tokens of a Llama come first and stand in no text.
    private const int FirstId = 3;

    /// <summary>The pairs of all batches, one batch after the other.</summary>
    /// <param name="shape">Lengths, seed and number of batches.</param>
    public static IReadOnlyList<TokenizedPair> All(StepShape shape) => [.. Enumerable.Range(0, shape.Batches).SelectMany(step => Batch(shape, step))];

    /// <summary>The pairs of one batch.</summary>
    /// <param name="shape">Lengths and seed.</param>
    /// <param name="step">Number of the batch, from 0.</param>
    public static TokenizedPair[] Batch(StepShape shape, int step)
    {
        var random = new Random(shape.Seed * 7919 + step);
        int[] Ids(Shapes.LengthRange lengths)
        {
            var ids = new int[random.Next(lengths.Shortest, lengths.Longest + 1)];
            for (var i = 0; i < ids.Length; i++) ids[i] = random.Next(FirstId, shape.Model.Vocab);
            return ids;
        }
        return [.. Enumerable.Range(1, shape.Pairs).Select(row => new TokenizedPair(Ids(shape.Prompt), Ids(shape.Completion), Ids(shape.Completion), new RowPosition($"step {step}", row)))];
    }
}
