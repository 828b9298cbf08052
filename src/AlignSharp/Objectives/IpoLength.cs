namespace AlignSharp.Objectives;

/// <summary>Where IPO takes account of a completion's length.</summary>
public enum IpoLength
{
    /// <summary>The score of a completion is divided by its tokens (TRL 1.9).</summary>
    MeanScore,

    /// <summary>The log-ratio is divided by the tokens before a divergence sees it (TRL 0.13); so are the rewards. The loss without a divergence is that of <see cref="MeanScore"/>.</summary>
    MeanLogRatio,

    /// <summary>Nowhere: sums count, as in the paper (TRL 0.7.1, eric-mitchell/direct-preference-optimization).</summary>
    Sum,
}
