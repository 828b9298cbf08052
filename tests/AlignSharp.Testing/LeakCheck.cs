using TorchSharp;

namespace AlignSharp.Testing;

/// <summary>Counts the tensors of this thread that nobody has disposed.</summary>
public static class LeakCheck
{
    // The first times fill caches, which are no leaks.
    private const int WarmUps = 2;

    /// <summary>Tensors that this thread has made and that are not disposed.</summary>
    public static long LiveTensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>By how many the live tensors grow over some calls, after two that do not count: 0 for work that leaves nothing behind.</summary>
    /// <param name="work">Work that can be repeated.</param>
    /// <param name="times">How many calls.</param>
    public static long Growth(Action work, int times = 3)
    {
        ArgumentNullException.ThrowIfNull(work);
        for (var i = 0; i < WarmUps; i++) work();
        var before = LiveTensors;
        for (var i = 0; i < times; i++) work();
        return LiveTensors - before;
    }
}
