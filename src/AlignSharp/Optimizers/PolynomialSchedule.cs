namespace AlignSharp.Optimizers;

/// <summary>Down along a power to an end rate (<c>polynomial</c>).</summary>
/// <param name="span">Warm-up and length of the run.</param>
/// <param name="endFactor">End rate / base rate (<c>lr_end</c>, default 1e-7, below the base rate).</param>
/// <param name="power">Power (<c>power</c>, default 1).</param>
public sealed class PolynomialSchedule(ScheduleSpan span, double endFactor, double power = 1) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) =>
        span.IsWarmup(updates, out var warmup) ? warmup
        : updates > span.TotalSteps ? endFactor
        : (1 - endFactor) * Math.Pow(1 - span.Progress(updates), power) + endFactor;
}
