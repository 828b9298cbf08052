using System.Diagnostics.CodeAnalysis;

namespace AlignSharp.Tracking;

/// <summary>Passes everything to several trackers. One that throws is dropped with a message, and the others and the run go on.</summary>
public sealed class TrackerGroup : ITracker
{
    private readonly List<ITracker> _trackers;
    private readonly Action<string> _warn;

    /// <summary>Groups trackers; their owners dispose them.</summary>
    /// <param name="trackers">The trackers.</param>
    /// <param name="warn">Receives a line when a tracker is dropped.</param>
    public TrackerGroup(IEnumerable<ITracker> trackers, Action<string> warn) => (_trackers, _warn) = ([.. trackers], warn);

    /// <inheritdoc/>
    public void Start(RunStart run) => Each(t => t.Start(run));

    /// <inheritdoc/>
    public void Record(StepMetrics metrics) => Each(t => t.Record(metrics));

    /// <inheritdoc/>
    public void Record(EvaluationMetrics metrics) => Each(t => t.Record(metrics));

    /// <inheritdoc/>
    public void Finish() => Each(t => t.Finish());

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a tracker throws, the run is worth more.")]
    private void Each(Action<ITracker> tell)
    {
        foreach (var tracker in _trackers.ToArray())
        {
            try
            {
                tell(tracker);
            }
            catch (Exception fault)
            {
                _trackers.Remove(tracker);
                _warn($"tracking: {tracker.GetType().Name} failed and is dropped for the rest of the run: {fault.Message}");
            }
        }
    }
}
