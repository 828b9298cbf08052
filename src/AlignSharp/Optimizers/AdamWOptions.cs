namespace AlignSharp.Optimizers;

/// <summary>Parameters of AdamW with transformers' names and defaults.</summary>
public sealed record AdamWOptions
{
    /// <summary>Decay of the first moment (<c>adam_beta1</c>, default 0.9).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment (<c>adam_beta2</c>, default 0.999).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment (<c>adam_epsilon</c>, default 1e-8).</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay (<c>weight_decay</c>, default 0); not applied to norms and biases.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest L2 norm of the gradient (<c>max_grad_norm</c>, default 1); 0 for no clipping.</summary>
    public double MaxGradNorm { get; init; } = 1;
}
