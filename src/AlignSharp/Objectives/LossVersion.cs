namespace AlignSharp.Objectives;

/// <summary>Whose meaning of a loss is taken where versions of TRL differ.</summary>
public enum LossVersion
{
    /// <summary>TRL 1.9, the default.</summary>
    Trl19,

    /// <summary>
    /// TRL 0.13: <c>bco_pair</c> shifts rewards by their running mean, <c>ipo</c> divides log-ratios by tokens before a divergence, the alpha divergence's coefficient is
    /// one minus 1.9's, <c>exo_pair</c> without label smoothing takes 1e-3, and <c>use_weighting</c> never weighs above 1.
    /// </summary>
    Trl013,

    /// <summary>TRL 0.7.1: <c>ipo</c> compares sums, not means.</summary>
    Trl071,
}
