namespace AlignSharp.Optimizers;

/// <summary>Along a cosine to a share of the base rate (<c>cosine_with_min_lr</c>).</summary>
/// <param name="span">Warm-up and length of the run.</param>
/// <param name="minimum">Lowest factor (<c>min_lr_rate</c>, or <c>min_lr</c> / base rate).</param>
/// <param name="cycles">Cycles over the run (<c>num_cycles</c>, default 0.5).</param>
public sealed class CosineWithMinimumSchedule(ScheduleSpan span, double minimum, double cycles = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) =>
        span.IsWarmup(updates, out var warmup) ? warmup
        : Math.Max(0, 0.5 * (1 + Math.Cos(2 * Math.PI * cycles * span.Progress(updates))) * (1 - minimum) + minimum);
}
