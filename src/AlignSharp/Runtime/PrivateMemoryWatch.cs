namespace AlignSharp.Runtime;

/// <summary>Follows the private memory of this process until it is disposed: the system keeps a peak of resident memory only, in which mapped files count.</summary>
public sealed class PrivateMemoryWatch : IDisposable
{
    // Reading takes a tenth of a millisecond; the pages of a step stay with the process, so that a peak is still there when it is looked for.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Timer _timer;
    private long _peak;

    /// <summary>Begins.</summary>
    public PrivateMemoryWatch() => _timer = new Timer(_ => Look(), null, TimeSpan.Zero, Interval);

    /// <summary>The most that was seen, now included, in bytes.</summary>
    public long PeakBytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref _peak);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = ProcessMemory.Now().PrivateBytes;
        for (var peak = Interlocked.Read(ref _peak); now > peak; peak = Interlocked.Read(ref _peak))
            if (Interlocked.CompareExchange(ref _peak, now, peak) == peak) break;
    }
}
