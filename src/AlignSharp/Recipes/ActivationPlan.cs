using AlignSharp.Models;
using AlignSharp.Runtime;
using TorchSharp;

namespace AlignSharp.Recipes;

/// <summary>Decides by memory whether a run keeps its activations or computes them again (<c>gradient_checkpointing</c>).</summary>
internal static class ActivationPlan
{
    // The rest is for gradients of a layer, logits, the adapter's moments and other programs.
    private const double ShareForActivations = 0.6;

    /// <summary>Settles the choice on the model and tells what was decided where that was not asked for.</summary>
    /// <param name="choice">The run's choice.</param>
    /// <param name="model">The policy.</param>
    /// <param name="tokens">Packed tokens of the largest micro-batch.</param>
    /// <param name="note">Receives a line when activations are computed again by plan.</param>
    public static void Apply(CheckpointingChoice choice, CausalLanguageModel model, long tokens, Action<string> note)
    {
        var needed = model.ActivationBytesPerToken * tokens;
        var available = ProcessMemory.Now().AvailableBytes;
        // Nobody tells how much memory a GPU has left, so there TRL's default stands.
        model.RecomputesActivations = choice == CheckpointingChoice.Auto
            ? model.Device.type != DeviceType.CPU || needed > ShareForActivations * available
            : choice == CheckpointingChoice.On;
        if (choice != CheckpointingChoice.Auto || !model.RecomputesActivations) return;
        note(model.Device.type == DeviceType.CPU
            ? $"gradient_checkpointing: auto is on: the activations of {tokens} tokens take {Gibibytes(needed)} of {Gibibytes(available)} available"
            : "gradient_checkpointing: auto is on, as on every GPU");
    }

    /// <summary>The most packed tokens that a micro-batch can have.</summary>
    /// <param name="tokens">Packed tokens of each row.</param>
    /// <param name="batchSize">Rows of a micro-batch.</param>
    /// <param name="maxTokens">Its budget of tokens, which a single row may exceed; null for none.</param>
    public static long MostTokens(IEnumerable<int> tokens, int batchSize, int? maxTokens)
    {
        var longest = tokens.Select(count => (long)count).OrderDescending().Take(batchSize).ToArray();
        return Math.Max(longest[0], Math.Min(longest.Sum(), maxTokens ?? long.MaxValue));
    }

    private static string Gibibytes(long bytes) => FormattableString.Invariant($"{bytes / (double)(1L << 30):F1} GiB");
}
