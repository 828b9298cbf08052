namespace AlignSharp.Objectives;

/// <summary>Parameters that a run gives to its objectives.</summary>
/// <param name="Beta">TRL's <c>beta</c> (default 0.1).</param>
/// <param name="LabelSmoothing">TRL's <c>label_smoothing</c> (default 0).</param>
public sealed record ObjectiveParameters(double Beta = 0.1, double LabelSmoothing = 0)
{
    /// <summary>TRL's <c>f_divergence_type</c>: one of <see cref="Registry.DivergenceNames"/> (default <c>reverse_kl</c>).</summary>
    public string DivergenceType { get; init; } = "reverse_kl";

    /// <summary>TRL's <c>f_alpha_divergence_coef</c>, in the meaning of <see cref="Version"/> (default 0.5).</summary>
    public double AlphaDivergenceCoefficient { get; init; } = 0.5;

    /// <summary>TRL's <c>discopop_tau</c> (default 0.05).</summary>
    public double DiscopopTau { get; init; } = 0.05;

    /// <summary>Which TRL's meaning is taken (default 1.9).</summary>
    public LossVersion Version { get; init; }
}
