namespace AlignSharp.Diagnostics;

/// <summary>The .NET runtime and the system below it.</summary>
public sealed record RuntimeFacts
{
    /// <summary>The runtime, for example ".NET 10.0.0".</summary>
    public required string Framework { get; init; }

    /// <summary>The operating system as it describes itself.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>Platform identifier, for example "linux-x64".</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>Whether .NET runs without ICU and cultures.</summary>
    public required bool InvariantGlobalization { get; init; }

    /// <summary>Whether text is normalised rightly (NFC), which tokenizers rely on.</summary>
    public required bool NormalizesText { get; init; }
}
