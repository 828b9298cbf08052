namespace AlignSharp.Optimizers;

/// <summary>Like 1/√step after the warm-up (<c>inverse_sqrt</c>), with the warm-up (10,000 without one) as time scale.</summary>
/// <param name="span">Warm-up and length of the run.</param>
public sealed class InverseSquareRootSchedule(ScheduleSpan span) : ILearningRateSchedule
{
    private double TimeScale => span.WarmupSteps > 0 ? span.WarmupSteps : 10_000;

    /// <inheritdoc/>
    public double Factor(int updates) =>
        span.IsWarmup(updates, out var warmup) ? warmup
        : 1 / Math.Sqrt((updates + TimeScale - span.WarmupSteps) / TimeScale);
}
