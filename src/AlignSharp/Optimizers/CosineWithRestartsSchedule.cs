namespace AlignSharp.Optimizers;

/// <summary>Down along a cosine, again and again (<c>cosine_with_restarts</c>).</summary>
/// <param name="span">Warm-up and length of the run.</param>
/// <param name="cycles">Number of descents (<c>num_cycles</c>, default 1).</param>
public sealed class CosineWithRestartsSchedule(ScheduleSpan span, double cycles = 1) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) =>
        span.IsWarmup(updates, out var warmup) ? warmup
        : span.Progress(updates) >= 1 ? 0
        : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (cycles * span.Progress(updates) % 1))));
}
