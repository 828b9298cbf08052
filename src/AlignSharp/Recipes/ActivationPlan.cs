using AlignSharp.Diagnostics;
using AlignSharp.Models;
using AlignSharp.Recipes.Planning;
using TorchSharp;

namespace AlignSharp.Recipes;

/// <summary>Decides by the memory plan whether a run keeps its activations or computes them again (<c>gradient_checkpointing</c>).</summary>
internal static class ActivationPlan
{
    /// <summary>Settles the choice on the policy's model and tells what was decided where that was not asked for.</summary>
    /// <param name="options">The run.</param>
    /// <param name="policy">The policy, loaded.</param>
    /// <param name="rows">The training set.</param>
    /// <param name="note">Receives a line when activations are computed again by plan.</param>
    public static void Apply(TrainingRunOptions options, Policy policy, IReadOnlyList<RowSize> rows, Action<string> note)
    {
        policy.Model.RecomputesActivations = options.GradientCheckpointing == CheckpointingChoice.Auto ? IsNeeded(options, policy, rows, note) : options.GradientCheckpointing == CheckpointingChoice.On;
    }

    /// <summary>What <c>auto</c> means.</summary>
    /// <param name="kept">The plan of a run that keeps its activations.</param>
    /// <param name="available">What the process can hold, with what it holds already.</param>
    public static bool IsNeeded(MemoryPlan kept, long available) => !kept.FitsInto(available);

    private static bool IsNeeded(TrainingRunOptions options, Policy policy, IReadOnlyList<RowSize> rows, Action<string> note)
    {
        // Nobody tells how much memory a GPU has left, so there TRL's default stands.
        if (policy.Model.Device.type != DeviceType.CPU)
        {
            note("gradient_checkpointing: auto is on, as on every GPU");
            return true;
        }
        var shape = RunShape.InThisProcess(RunShape.Of(options, policy.Source, policy.Model.ComputeType, rows.Count), adapterIsLoaded: true);
        var largest = LargestMicroBatch.Of(MicroBatches.Plan(options, rows.Count, "rows", row => rows[row].Tokens), rows);
        var kept = new MemoryPlanner(shape).Plan(largest.Tokens, largest.Scored, recomputes: false);
        var available = RunShape.Available();
        if (!IsNeeded(kept, available)) return false;
        note($"gradient_checkpointing: auto is on: keeping the activations of {largest.Tokens} tokens would make {Gibibytes(kept.TotalBytes)} of {Gibibytes(available)} available");
        return true;
    }

    private static string Gibibytes(long bytes) => FormattableString.Invariant($"{bytes / (double)(1L << 30):F1} GiB");
}
