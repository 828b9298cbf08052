using System.Diagnostics;

namespace AlignSharp.Fuzz.Running;

/// <summary>
/// Tells when an execution hangs. Time of the processor is what counts: on a busy machine the clock runs on while nothing is executed.
/// What waits instead of working is caught by the clock, later.
/// </summary>
internal sealed class ExecutionWatch(double seconds)
{
    private const int ClockAllowance = 10;
    private readonly Process _process = Process.GetCurrentProcess();
    private long _done = -1;
    private long _clock;
    private TimeSpan _worked;

    /// <summary>Whether the execution that runs has used up its time.</summary>
    /// <param name="done">Executions that ended so far.</param>
    public bool Hangs(long done)
    {
        _process.Refresh();
        if (done != _done)
        {
            (_done, _clock, _worked) = (done, Stopwatch.GetTimestamp(), _process.TotalProcessorTime);
            return false;
        }
        var waited = Stopwatch.GetElapsedTime(_clock).TotalSeconds;
        return waited > seconds && ((_process.TotalProcessorTime - _worked).TotalSeconds > seconds || waited > ClockAllowance * seconds);
    }
}
