using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Runtime;

namespace AlignSharp.Cli;

/// <summary>What the exit code of <c>align</c> tells a script. The one place where faults become codes.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>An error of the program itself; the stack trace is on standard error.</summary>
    public const int Internal = 1;

    /// <summary>Usage, configuration, or an unreadable model, tokenizer or adapter.</summary>
    public const int Configuration = 2;

    /// <summary>A row or data file cannot be used.</summary>
    public const int Data = 3;

    /// <summary>The disk is full.</summary>
    public const int DiskFull = 4;

    /// <summary>Memory, of the machine or the GPU, ran out.</summary>
    public const int OutOfMemory = 5;

    /// <summary>Training diverged.</summary>
    public const int Diverged = 6;

    /// <summary>A verification failed.</summary>
    public const int VerificationFailed = 7;

    /// <summary>Network or hub.</summary>
    public const int Network = 8;

    /// <summary>A peer process hung or died.</summary>
    public const int PeerLost = 70;

    /// <summary>Interrupted; the run can be resumed.</summary>
    public const int Interrupted = 75;

    /// <summary>The exit code for a fault; what is not known is an internal error.</summary>
    /// <param name="fault">The fault that ended the command.</param>
    public static int Of(Exception fault) => fault switch
    {
        ConfigurationException or ArtifactException => Configuration,
        DatasetException => Data,
        DivergenceException => Diverged,
        VerificationException => VerificationFailed,
        OperationCanceledException => Interrupted,
        MemoryExhaustedException => OutOfMemory,
        DiskFullException => DiskFull,
        IOException io when AtomicFile.IsDiskFull(io) => DiskFull,
        _ when AllocationFailure.Is(fault) => OutOfMemory,
        _ => Internal,
    };
}
