namespace AlignSharp.Optimizers;

/// <summary>Warm-up, plateau, then a cosine decay (<c>warmup_stable_decay</c>).</summary>
/// <param name="span">Warm-up and length of the run.</param>
/// <param name="stableSteps">Updates of the plateau (<c>num_stable_steps</c>).</param>
/// <param name="decaySteps">Updates of the decay (<c>num_decay_steps</c>).</param>
/// <param name="minimum">Factor after the decay (<c>min_lr_ratio</c>, default 0).</param>
/// <param name="cycles">Cycles of the cosine over the decay (<c>num_cycles</c>, default 0.5).</param>
public sealed class WarmupStableDecaySchedule(ScheduleSpan span, int stableSteps, int decaySteps, double minimum = 0, double cycles = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates)
    {
        if (span.IsWarmup(updates, out var warmup)) return warmup;
        var intoDecay = updates - span.WarmupSteps - stableSteps;
        if (intoDecay < 0) return 1;
        if (intoDecay >= decaySteps) return minimum;
        var cosine = Math.Max(0, 0.5 * (1 + Math.Cos(2 * Math.PI * cycles * intoDecay / Math.Max(1, decaySteps))));
        return (1 - minimum) * cosine + minimum;
    }
}
