using AlignSharp.Diagnostics;

namespace AlignSharp.Recipes.Planning;

/// <summary>What a run will take, and whether this machine has it.</summary>
public sealed record PlanReport
{
    /// <summary>The method: <c>dpo</c> or <c>sft</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Folder of the base.</summary>
    public required string Model { get; init; }

    /// <summary>Elements of all weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>Elements that are trained.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>Type of weights and activations.</summary>
    public required string Dtype { get; init; }

    /// <summary>Rows of the training set.</summary>
    public required int Rows { get; init; }

    /// <summary>Packed tokens of the training set.</summary>
    public required long Tokens { get; init; }

    /// <summary>The micro-batch that decides the memory.</summary>
    public required RowSize LargestMicroBatch { get; init; }

    /// <summary>Packed tokens of a micro-batch in the mean.</summary>
    public required double MeanMicroBatchTokens { get; init; }

    /// <summary>Memory where all activations are kept.</summary>
    public required MemoryPlan Keeping { get; init; }

    /// <summary>Memory where layers' activations are computed again.</summary>
    public required MemoryPlan Recomputing { get; init; }

    /// <summary>Which of them the run is: what <c>gradient_checkpointing</c> says, or comes to.</summary>
    public required bool GradientCheckpointing { get; init; }

    /// <summary>What the process can hold.</summary>
    public required long AvailableBytes { get; init; }

    /// <summary>The most rows a micro-batch that fit while activations are kept; 0 for none, null where all rows fit together.</summary>
    public required int? MostRowsKeeping { get; init; }

    /// <summary>The same while they are computed again.</summary>
    public required int? MostRowsRecomputing { get; init; }

    /// <summary>The largest <c>max_tokens_per_batch</c> that fits while activations are kept.</summary>
    public required long MostTokensKeeping { get; init; }

    /// <summary>The same while they are computed again.</summary>
    public required long MostTokensRecomputing { get; init; }

    /// <summary>Disk space.</summary>
    public required DiskPlan Disk { get; init; }

    /// <summary>Time.</summary>
    public required TimePlan Time { get; init; }

    /// <summary>The memory of the run as it is configured.</summary>
    public long PeakBytes => (GradientCheckpointing ? Recomputing : Keeping).TotalBytes;

    /// <summary>Whether memory and disk suffice for the run as it is configured.</summary>
    public bool Fits => (GradientCheckpointing ? Recomputing : Keeping).FitsInto(AvailableBytes) && Disk.Fits;
}
