namespace AlignSharp.Diagnostics;

/// <summary>The disk space that a run takes in its output folder, in bytes.</summary>
public sealed record DiskPlan
{
    /// <summary>One saved model or adapter, with the tokenizer.</summary>
    public required long CheckpointBytes { get; init; }

    /// <summary>Checkpoints that stand at the same time, the one that is being written included.</summary>
    public required int Checkpoints { get; init; }

    /// <summary>The metrics and the states of the trainer.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Free space where the output folder is or will be; null when the system does not say.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>Checkpoints, the result, and logs.</summary>
    public long TotalBytes => (Checkpoints + 1) * CheckpointBytes + LogBytes;

    /// <summary>Whether it fits, as far as is known.</summary>
    public bool Fits => FreeBytes is not { } free || TotalBytes <= free;
}
