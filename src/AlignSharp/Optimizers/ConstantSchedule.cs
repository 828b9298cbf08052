namespace AlignSharp.Optimizers;

/// <summary>The base rate throughout, without warm-up (<c>constant</c>).</summary>
public sealed class ConstantSchedule() : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(int updates) => 1;
}
