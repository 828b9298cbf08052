namespace AlignSharp.Diagnostics;

/// <summary>Memory and disk that are left. All numbers are bytes.</summary>
public sealed record StorageFacts
{
    /// <summary>Memory that this process can still take without swapping.</summary>
    public required long AvailableMemoryBytes { get; init; }

    /// <summary>Memory that this process holds.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Full path of the cache folder.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Free space where the cache folder lies, or null when the system does not say.</summary>
    public long? CacheFreeBytes { get; init; }

    /// <summary>Full path of the current folder.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>Free space where the current folder lies, or null when the system does not say.</summary>
    public long? CurrentFreeBytes { get; init; }
}
