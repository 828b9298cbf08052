namespace AlignSharp.Diagnostics;

/// <summary>Facts about this machine and process, and what to think of them. The member names are the keys of <c>align doctor --json</c>.</summary>
public sealed record DoctorReport
{
    /// <summary>Version of AlignSharp.</summary>
    public required string AlignsharpVersion { get; init; }

    /// <summary>The .NET runtime and the system.</summary>
    public required RuntimeFacts Runtime { get; init; }

    /// <summary>libtorch.</summary>
    public required LibTorchFacts Libtorch { get; init; }

    /// <summary>Devices, the CPU first; empty when libtorch is not usable.</summary>
    public required IReadOnlyList<DeviceFacts> Devices { get; init; }

    /// <summary>The processor.</summary>
    public required ProcessorFacts Processor { get; init; }

    /// <summary>Measured matrix products, one for each dtype; empty when libtorch is not usable.</summary>
    public required IReadOnlyList<GemmSpeed> Gemm { get; init; }

    /// <summary>Memory and disk.</summary>
    public required StorageFacts Storage { get; init; }

    /// <summary>The judgements, in the order of the facts.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Whether any finding is a fault.</summary>
    public bool HasFault => Findings.Any(finding => finding.Level == FindingLevel.Fault);
}
