namespace AlignSharp.Optimizers;

/// <summary>Parameters of AdamW with transformers' names and defaults; Lion has the same without the epsilon.</summary>
public sealed record AdamWOptions : OptimizerOptions
{
    /// <summary>Decay of the first moment (<c>adam_beta1</c>, default 0.9).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment (<c>adam_beta2</c>, default 0.999).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment (<c>adam_epsilon</c>, default 1e-8).</summary>
    public double Epsilon { get; init; } = 1e-8;
}
