using AlignSharp.Tracking;

namespace AlignSharp.Testing;

/// <summary>Keeps what a run reports.</summary>
public sealed class RecordingTracker : ITracker
{
    /// <summary>Logged steps.</summary>
    public IList<StepMetrics> Steps { get; } = [];

    /// <summary>Evaluations.</summary>
    public IList<EvaluationMetrics> Evaluations { get; } = [];

    /// <inheritdoc/>
    public void Start(RunStart run) { }

    /// <inheritdoc/>
    public void Record(StepMetrics metrics) => Steps.Add(metrics);

    /// <inheritdoc/>
    public void Record(EvaluationMetrics metrics) => Evaluations.Add(metrics);

    /// <inheritdoc/>
    public void Finish() { }
}
