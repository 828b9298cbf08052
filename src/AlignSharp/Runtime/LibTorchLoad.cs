namespace AlignSharp.Runtime;

/// <summary>What <see cref="LibTorch.Load"/> did in this process.</summary>
public sealed record LibTorchLoad
{
    /// <summary>Full path of the libtorch library that was loaded.</summary>
    public required string LibTorchFile { get; init; }

    /// <summary>Full path of TorchSharp's native library as it was found; see <see cref="RelaxedFile"/> for what was loaded in its place.</summary>
    public required string TorchSharpFile { get; init; }

    /// <summary>The version that libtorch itself reports, or null for one that is older than 2.9 or does not say.</summary>
    public required Version? LibTorchVersion { get; init; }

    /// <summary>Where libtorch was found.</summary>
    public required NativeOrigin Origin { get; init; }

    /// <summary>The private copy with the version need of GLIBCXX_3.4.32 made weak, or null when the file loaded as it is. Gone from disk when the cache could not be written.</summary>
    public string? RelaxedFile { get; init; }

    /// <summary>Whether a relaxed copy of TorchSharp's library had to be loaded.</summary>
    public bool Relaxed => RelaxedFile is not null;

    /// <summary>Wall-clock time of finding and loading, without the first tensor.</summary>
    public required TimeSpan Elapsed { get; init; }
}
