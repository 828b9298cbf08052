using System.Globalization;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>
/// Watches this process's own memory (RssAnon: without pages of mapped files, which the system takes back when it needs them) from a thread that looks fifty times
/// a second. Linux only.
/// </summary>
internal sealed class PrivateMemoryPeak : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Timer _timer;
    private long _peak;

    /// <summary>Begins to watch.</summary>
    public PrivateMemoryPeak() => _timer = new Timer(_ => Look(), null, TimeSpan.Zero, Interval);

    /// <summary>The most so far, in GiB.</summary>
    public double Gib
    {
        get
        {
            Look();
            return Interlocked.Read(ref _peak) / (double)(1L << 30);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        var bytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        for (var before = Interlocked.Read(ref _peak); bytes > before; before = Interlocked.Read(ref _peak))
            Interlocked.CompareExchange(ref _peak, bytes, before);
    }
}
