namespace AlignSharp.Tracking;

/// <summary>Receives what a run measures. Nothing flows back: a tracker that throws does not stop a run.</summary>
public interface ITracker
{
    /// <summary>A run begins.</summary>
    /// <param name="run">What is known of it.</param>
    void Start(RunStart run);

    /// <summary>A logged step.</summary>
    /// <param name="metrics">Its metrics.</param>
    void Record(StepMetrics metrics);

    /// <summary>An evaluation.</summary>
    /// <param name="metrics">Its metrics.</param>
    void Record(EvaluationMetrics metrics);

    /// <summary>The run has ended, well or not.</summary>
    void Finish();
}
