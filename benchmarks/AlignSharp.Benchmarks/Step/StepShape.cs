using AlignSharp.Benchmarks.Shapes;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Step;

/// <summary>A training step to measure: the model, its adapter, and the batches.</summary>
internal sealed record StepShape
{
    /// <summary>Steps of each side before the clock counts.</summary>
    public const int WarmUp = 2;

    /// <summary>
    /// Steps of a side in a turn before the clock counts. While the other side computes for seconds, the system takes back pages that lie idle, and the
    /// first step fetches them again; training never waits like that.
    /// </summary>
    public const int LeadIn = 1;

    /// <summary>Most measured steps of a side in a turn.</summary>
    public const int StepsATurn = 2;

    /// <summary>Strength of the pull towards the reference.</summary>
    public const double Beta = 0.1;

    /// <summary>Name in the table.</summary>
    public required string Name { get; init; }

    /// <summary>Size of the model.</summary>
    public required ModelShape Model { get; init; }

    /// <summary>Type of the weights and activations.</summary>
    public required ScalarType Type { get; init; }

    /// <summary>Pairs a step.</summary>
    public int Pairs { get; init; } = 4;

    /// <summary>Tokens of a prompt.</summary>
    public LengthRange Prompt { get; init; } = new(128, 128);

    /// <summary>Tokens of a completion.</summary>
    public LengthRange Completion { get; init; } = new(128, 128);

    /// <summary>Rank of the adapter on q_proj and v_proj; its alpha is twice as much.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Whether the adapter is on all projections of the layers instead.</summary>
    public bool AllProjections { get; init; }

    /// <summary>Measured steps.</summary>
    public int Steps { get; init; } = 6;

    /// <summary>Seed of weights and batches.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Learning rate of every update.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Standard deviation of the adapter's B before the first step; not zero, so that policy and reference differ.</summary>
    public double UpdateDeviation { get; init; } = 1e-3;

    /// <summary>Whether our side knows the reference's log-probabilities already, as in every epoch after the first; the baseline never does.</summary>
    public bool ReferenceKnown { get; init; }

    /// <summary>Whether our side keeps only the inputs of its layers (<c>gradient_checkpointing</c>).</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Whether all batches are equally long.</summary>
    public bool IsFixed => Prompt.IsFixed && Completion.IsFixed;

    /// <summary>Batches of the whole run.</summary>
    public int Batches => WarmUp + Steps + Turns * LeadIn;

    /// <summary>Turns of each side after the warm-up.</summary>
    public int Turns => (Steps + StepsATurn - 1) / StepsATurn;

    /// <summary>Batches of a turn; turn 0 is the first after the warm-up.</summary>
    /// <param name="turn">The turn.</param>
    public IEnumerable<int> Turn(int turn)
    {
        var first = WarmUp + turn * (LeadIn + StepsATurn);
        return Enumerable.Range(first, Math.Min(LeadIn + StepsATurn, Batches - first));
    }

    /// <summary>Whether the step over a batch is measured.</summary>
    /// <param name="batch">Index of the batch.</param>
    public static bool IsMeasured(int batch) => batch >= WarmUp && (batch - WarmUp) % (LeadIn + StepsATurn) >= LeadIn;

    /// <summary>The options that give this shape.</summary>
    public string[] ToWords() =>
    [
        $"--dtype={Dtypes.NameOf(Type)}", $"--pairs={Pairs}", $"--prompt={Prompt}", $"--completion={Completion}", $"--rank={Rank}", $"--steps={Steps}", $"--seed={Seed}",
        .. Model.ToWords(), .. ReferenceKnown ? ["--reference_known"] : Array.Empty<string>(), .. Checkpointing ? ["--checkpointing"] : Array.Empty<string>(),
    ];
}
