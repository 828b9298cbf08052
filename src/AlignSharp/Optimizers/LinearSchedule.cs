namespace AlignSharp.Optimizers;

/// <summary>Down to 0 in a straight line (<c>linear</c>).</summary>
/// <param name="span">Warm-up and length of the run.</param>
public sealed class LinearSchedule(ScheduleSpan span) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) => span.IsWarmup(updates, out var warmup) ? warmup : Math.Max(0, 1 - span.Progress(updates));
}
