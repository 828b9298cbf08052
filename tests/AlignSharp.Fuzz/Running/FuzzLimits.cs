namespace AlignSharp.Fuzz.Running;

/// <summary>What one execution may use. Inputs are at most 32 KiB, so both are far above what an honest one needs.</summary>
/// <param name="Seconds">Longest time of the processor (ten times that of the clock); what takes longer counts as a hang.</param>
/// <param name="AllocatedBytes">Most memory that it may ask for all in all, what was freed meanwhile included.</param>
internal sealed record FuzzLimits(double Seconds = 2, long AllocatedBytes = 256L << 20);
