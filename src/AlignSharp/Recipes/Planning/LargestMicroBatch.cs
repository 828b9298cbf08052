using AlignSharp.Diagnostics;
using AlignSharp.Training;

namespace AlignSharp.Recipes.Planning;

/// <summary>Finds what decides the memory of a run.</summary>
internal static class LargestMicroBatch
{
    // As many as the rehearsal looks at.
    private const int UpdatesLookedAt = 1_000_000;

    /// <summary>The micro-batch with the most tokens.</summary>
    /// <param name="plan">The updates.</param>
    /// <param name="rows">Size of each row.</param>
    public static RowSize Of(UpdatePlan plan, IReadOnlyList<RowSize> rows)
    {
        var largest = new RowSize();
        foreach (var microBatch in plan.Updates().Take(UpdatesLookedAt).SelectMany(update => update.MicroBatches))
        {
            var size = RowSize.Sum(microBatch.Select(row => rows[row]));
            if (size.Tokens > largest.Tokens) largest = size;
        }
        return largest;
    }
}
