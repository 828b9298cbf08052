namespace AlignSharp.Recipes.Merging;

/// <summary>What adapters that were trained over 4-bit weights are merged into.</summary>
public enum MergeTarget
{
    /// <summary>What the adapters were trained over: the decoded weights where these are 4 bits, else the base as it is.</summary>
    Auto,

    /// <summary>The decoded 4-bit weights, in full precision: what was trained, up to one rounding.</summary>
    Dequantized,

    /// <summary>The base in full precision before it was quantised: the adapters then stand on weights that they were not trained over, off by the quantisation's error.</summary>
    Original,

    /// <summary>The 4-bit weights, quantised again: small, and off by another quantisation's error, which is as large as many an update.</summary>
    Quantized,
}
