using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;
using AlignSharp.Runtime;
using AlignSharp.Tracking;

namespace AlignSharp.Training;

/// <summary>
/// Runs the longest micro-batch of a run once, forward and backward, before the first update: memory that does not suffice for it
/// then runs out in the first minute, and not in the hour when it comes. Nothing of it stays. The gradient is discarded and the random
/// state put back, so that the run has the same bits with and without it.
/// </summary>
/// <param name="task">Turns rows into gradients. What its reference remembers must not be the run's memory, because a rehearsed row would be known in a batch other than its first.</param>
/// <param name="plan">Which rows each update will see.</param>
/// <param name="optimizer">Holds the gradients.</param>
/// <param name="note">Receives a line before and a line after.</param>
public sealed class Rehearsal(ITrainingTask task, UpdatePlan plan, Optimizer optimizer, Action<string> note)
{
    // Below, the rehearsal would be a noticeable part of a run that is over soon anyway.
    private const int FewestMicroBatches = 8;

    // Looking at a row costs about a microsecond and training on it at least a thousand; this bounds the look into a run that is meant to be interrupted.
    private const int UpdatesLookedAt = 1_000_000;

    private const int RowsNamed = 4;

    /// <summary>Rehearses, unless the run begins with its longest micro-batch or has fewer than eight.</summary>
    /// <param name="cancellation">Checked before it starts.</param>
    /// <exception cref="MemoryExhaustedException">Memory ran out; the message names the rows and what to lower.</exception>
    /// <exception cref="DivergenceException">The loss is not finite.</exception>
    public void Run(CancellationToken cancellation = default)
    {
        if (Longest() is not { } longest) return;
        cancellation.ThrowIfCancellationRequested();
        // Before it runs: a system that kills the process leaves no time for a message.
        note($"rehearsing the longest batch: {Describe(longest.Rows)}");
        var metrics = Accumulate(longest);
        optimizer.DiscardGradients();
        if (!double.IsFinite(metrics.Loss))
            throw new DivergenceException($"before the first update: the loss is {metrics.Loss} on the longest batch, {Describe(longest.Rows)}; look at these rows");
        note(FormattableString.Invariant($"longest batch rehearsed, peak memory {ProcessMemory.Now().PeakBytes / (1024.0 * 1024 * 1024):0.0#} GiB"));
    }

    private BatchMetrics Accumulate(Candidate longest)
    {
        using var random = new RandomState();
        try
        {
            return task.Accumulate(longest.Update, longest.MicroBatch);
        }
        catch (Exception fault) when (AllocationFailure.Is(fault))
        {
            throw new MemoryExhaustedException($"memory ran out on the longest batch, tried before the first update: {Describe(longest.Rows)}; {Remedy(longest)}", fault);
        }
    }

    private Candidate? Longest()
    {
        Candidate? longest = null;
        var looked = 0;
        foreach (var update in plan.Updates().Take(UpdatesLookedAt))
        {
            for (var micro = 0; micro < update.MicroBatches.Count; micro++, looked++)
            {
                var tokens = task.PackedTokens(update.MicroBatches[micro]);
                if (longest is null || tokens > longest.Tokens) longest = new Candidate(update, micro, tokens, IsFirst: looked == 0);
            }
        }
        return looked < FewestMicroBatches || longest!.IsFirst ? null : longest;
    }

    private static string Remedy(Candidate longest) => longest.Rows.Length == 1
        ? "the row is alone already: set gradient_checkpointing: true, lower max_length or lora_r, or choose a smaller model or dtype"
        : $"set gradient_checkpointing: true or max_tokens_per_batch below {longest.Tokens}, or lower per_device_train_batch_size or max_length";

    // The longest rows first: they are the ones to look at.
    private string Describe(int[] rows)
    {
        var names = rows.OrderByDescending(row => task.PackedTokens([row])).Take(RowsNamed).Select(task.NameRow);
        var more = rows.Length > RowsNamed ? $" and {rows.Length - RowsNamed} more" : "";
        return FormattableString.Invariant($"{Count(rows.Length, "row")}, {task.PackedTokens(rows):N0} tokens ({string.Join(", ", names)}{more})");
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private sealed record Candidate(TrainingUpdate Update, int MicroBatch, long Tokens, bool IsFirst)
    {
        public int[] Rows => Update.MicroBatches[MicroBatch];
    }
}
