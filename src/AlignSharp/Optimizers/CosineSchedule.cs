namespace AlignSharp.Optimizers;

/// <summary>Along a cosine (<c>cosine</c>); with half a cycle down to 0 at the end of the run.</summary>
/// <param name="span">Warm-up and length of the run.</param>
/// <param name="cycles">Cycles over the run (<c>num_cycles</c>, default 0.5).</param>
public sealed class CosineSchedule(ScheduleSpan span, double cycles = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) => span.IsWarmup(updates, out var warmup) ? warmup : Math.Max(0, 0.5 * (1 + Math.Cos(2 * Math.PI * cycles * span.Progress(updates))));
}
