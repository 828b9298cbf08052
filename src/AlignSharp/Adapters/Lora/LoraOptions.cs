namespace AlignSharp.Adapters.Lora;

/// <summary>Shape and strength of a low-rank adapter (Hu et al. 2021, arXiv:2106.09685), with PEFT's names and defaults.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the update (<c>r</c>; PEFT's default 8); above 0.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Numerator of the scaling (<c>lora_alpha</c>; PEFT's default 8).</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Probability with which an input of A is dropped in training (<c>lora_dropout</c>; default 0).</summary>
    public double Dropout { get; init; }

    /// <summary>Which projections get an adapter (<c>target_modules</c>; default q_proj and v_proj).</summary>
    public LoraTargets Targets { get; init; } = LoraTargets.Default;

    /// <summary>Whether the scaling is alpha/√r instead of alpha/r (<c>use_rslora</c>; Kalajdzievski 2023, arXiv:2312.03732).</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Factor on the update.</summary>
    public double Scaling => RankStabilized ? Alpha / Math.Sqrt(Rank) : Alpha / Rank;
}
