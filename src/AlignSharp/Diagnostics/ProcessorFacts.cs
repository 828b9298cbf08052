namespace AlignSharp.Diagnostics;

/// <summary>The processor and how it is used.</summary>
public sealed record ProcessorFacts
{
    /// <summary>Logical processors that this process may use.</summary>
    public required int LogicalProcessors { get; init; }

    /// <summary>Physical cores that this process may use.</summary>
    public required int PhysicalCores { get; init; }

    /// <summary>Threads of libtorch inside one operation, or null when libtorch is not loaded.</summary>
    public int? ComputeThreads { get; init; }

    /// <summary>Value of OMP_NUM_THREADS, or null.</summary>
    public string? OmpNumThreads { get; init; }

    /// <summary>Value of OMP_WAIT_POLICY, or null.</summary>
    public string? OmpWaitPolicy { get; init; }

    /// <summary>Width of the vectors that .NET accelerates, in bits; 0 without any.</summary>
    public required int VectorBits { get; init; }

    /// <summary>Whether the processor multiplies bfloat16 natively, by AVX-512 or Arm instructions.</summary>
    public required bool Bf16 { get; init; }

    /// <summary>Whether the processor multiplies bfloat16 in AMX tiles.</summary>
    public required bool AmxBf16 { get; init; }
}
