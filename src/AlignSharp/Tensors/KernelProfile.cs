using System.Collections.Concurrent;
using System.Diagnostics;

namespace AlignSharp.Tensors;

/// <summary>
/// Where the time of the engine's kernels goes, by kernel. Recording is off until <see cref="Start"/>, and then costs two looks at the clock a
/// call and thread. One recording at a time, for the whole process.
/// </summary>
public sealed class KernelProfile : IDisposable
{
    private static KernelProfile? _current;

    private readonly ConcurrentDictionary<string, KernelTime> _times = new(StringComparer.Ordinal);

    private KernelProfile() { }

    /// <summary>What was recorded so far, the longest first.</summary>
    public IReadOnlyList<KernelTime> Times => [.. _times.Values.OrderByDescending(time => time.Elapsed)];

    /// <summary>The recording that is on, or null.</summary>
    internal static KernelProfile? Current => _current;

    /// <summary>Begins a recording, which ends when it is disposed.</summary>
    /// <exception cref="InvalidOperationException">Another recording is on.</exception>
    public static KernelProfile Start()
    {
        var profile = new KernelProfile();
        return Interlocked.CompareExchange(ref _current, profile, null) is null ? profile : throw new InvalidOperationException("Another recording of kernels is on");
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.CompareExchange(ref _current, null, this);

    /// <summary>Adds a call.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="elapsed">Ticks of the stopwatch from its start to its end.</param>
    /// <param name="busy">Ticks that its parts took, over all threads.</param>
    internal void Add(string kernel, long elapsed, long busy)
    {
        var time = new KernelTime(kernel, 1, Stopwatch.GetElapsedTime(0, elapsed), Stopwatch.GetElapsedTime(0, busy));
        _times.AddOrUpdate(kernel, time, (_, sum) => sum with { Calls = sum.Calls + 1, Elapsed = sum.Elapsed + time.Elapsed, Busy = sum.Busy + time.Busy });
    }
}
