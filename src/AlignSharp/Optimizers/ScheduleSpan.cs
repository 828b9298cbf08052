namespace AlignSharp.Optimizers;

/// <summary>The span of a schedule in updates, and what all schedules of transformers share: a linear warm-up from 0.</summary>
/// <param name="WarmupSteps">Updates of the warm-up.</param>
/// <param name="TotalSteps">Updates of the whole run.</param>
public readonly record struct ScheduleSpan(int WarmupSteps, int TotalSteps)
{
    /// <summary>Share of the way from the end of the warm-up (0) to the end of the run (1); beyond 1 after it.</summary>
    /// <param name="updates">Updates done before.</param>
    internal double Progress(int updates) => (updates - WarmupSteps) / (double)Math.Max(1, TotalSteps - WarmupSteps);

    /// <summary>Factor during warm-up; the first update has 0.</summary>
    /// <param name="updates">Updates done before.</param>
    /// <param name="factor">The factor, when the updates lies in the warm-up.</param>
    internal bool IsWarmup(int updates, out double factor)
    {
        factor = updates / (double)Math.Max(1, WarmupSteps);
        return updates < WarmupSteps;
    }
}
