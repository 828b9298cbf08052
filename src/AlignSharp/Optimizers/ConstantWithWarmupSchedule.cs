namespace AlignSharp.Optimizers;

/// <summary>The base rate after a warm-up (<c>constant_with_warmup</c>).</summary>
/// <param name="span">Warm-up and length of the run.</param>
public sealed class ConstantWithWarmupSchedule(ScheduleSpan span) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) => span.IsWarmup(updates, out var warmup) ? warmup : 1;
}
