namespace AlignSharp.Quantization;

/// <summary>The two 4-bit codes of bitsandbytes (<c>bnb_4bit_quant_type</c>).</summary>
public enum FourBitType
{
    /// <summary>Quantiles of a normal distribution (Dettmers et al. 2023, arXiv:2305.14314).</summary>
    Nf4,

    /// <summary>A sign, and eight magnitudes like those of a tiny floating-point number.</summary>
    Fp4,
}
