using AlignSharp.Runtime;

namespace AlignSharp.Diagnostics;

/// <summary>libtorch as it was loaded, or why it was not.</summary>
public sealed record LibTorchFacts
{
    /// <summary>Why libtorch is not usable, or null when it is; then every other member but <see cref="SumIsRight"/> is null.</summary>
    public string? Failure { get; init; }

    /// <summary>The version that libtorch reports, or null when it does not say.</summary>
    public string? Version { get; init; }

    /// <summary>Where it was found.</summary>
    public NativeOrigin? Origin { get; init; }

    /// <summary>Full path of libtorch.</summary>
    public string? LibtorchFile { get; init; }

    /// <summary>Full path of TorchSharp's native library.</summary>
    public string? TorchsharpFile { get; init; }

    /// <summary>The relaxed copy that was loaded in its place, or null when none was needed.</summary>
    public string? RelaxedFile { get; init; }

    /// <summary>Seconds that finding and loading took.</summary>
    public double? LoadSeconds { get; init; }

    /// <summary>Whether a first small computation gave the right value.</summary>
    public bool SumIsRight { get; init; }
}
