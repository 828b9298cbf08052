namespace AlignSharp.Models.Llama;

/// <summary>YaRN (Peng et al. 2023, arXiv:2309.00071): fast frequencies kept, slow ones divided, a ramp between (<c>yarn</c>).</summary>
/// <param name="Factor">Divisor of the slow frequencies.</param>
/// <param name="BetaFast">Rotations over the original length above which a frequency is kept; default 32.</param>
/// <param name="BetaSlow">Rotations below which it is divided; default 1.</param>
/// <param name="GivenAttentionFactor">Factor on cosines and sines; null for <c>0.1·ln(factor) + 1</c>.</param>
/// <param name="OriginalMaxPositions">Longest position before stretching; null for the model's own.</param>
public sealed record YarnRope(double Factor, double BetaFast, double BetaSlow, double? GivenAttentionFactor, int? OriginalMaxPositions) : RopeScaling
{
    /// <inheritdoc/>
    public override double AttentionFactor => GivenAttentionFactor ?? 0.1 * Math.Log(Factor) + 1;

    /// <inheritdoc/>
    public override float[] InverseFrequencies(LlamaConfig config, long sequenceLength)
    {
        var positions = OriginalMaxPositions ?? config.MaxPositions;
        double Dimension(double rotations) => config.HeadDim * Math.Log(positions / (rotations * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));
        var low = Math.Max(Math.Floor(Dimension(BetaFast)), 0);
        var high = Math.Min(Math.Ceiling(Dimension(BetaSlow)), config.HeadDim - 1);
        if (low == high) high += 0.001;
        return [.. Powers(config.HeadDim, config.RopeTheta).Select((power, j) =>
        {
            var keep = 1 - Math.Clamp((j - (float)low) / (float)(high - low), 0, 1);
            return 1 / (power * (float)Factor) * (1 - keep) + 1 / power * keep;
        })];
    }
}
