namespace AlignSharp.Tests.Objectives;

/// <summary>Records of the originals that say nothing in part, by name and by cause.</summary>
internal static class GoldenExceptions
{
    /// <summary>The original overflows: some losses or gradients are Infinity or no number. The others of the record are compared.</summary>
    public static readonly string[] Overflowing =
    [
        "trl 1.9.0 discopop reverse_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop reverse_kl beta 0.1 smoothing 0 tau 0.5 extreme",
        "trl 1.9.0 discopop reverse_kl beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop reverse_kl beta 0.5 smoothing 0 tau 0.5 extreme",
        "trl 1.9.0 sigmoid forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 hinge forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 ipo forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 robust forward_kl beta 0.1 smoothing 0.1 tau 0.05 extreme",
        "trl 1.9.0 exo_pair forward_kl beta 0.1 smoothing 0.1 tau 0.05 extreme",
        "trl 1.9.0 bco_pair forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 nca_pair forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_down forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 sigmoid_norm forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop js_divergence beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 ipo alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 sppo_hard alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop alpha 1 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 ipo alpha 2 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop alpha 2 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 discopop reverse_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 sigmoid alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 hinge alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 ipo alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 robust alpha 0.5 beta 0.1 smoothing 0.1 tau 0.05 extreme",
        "trl 0.13.0 discopop reverse_kl beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 sigmoid alpha 0.5 beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 hinge alpha 0.5 beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 ipo alpha 0.5 beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 robust alpha 0.5 beta 0.5 smoothing 0.1 tau 0.05 extreme",
    ];

    /// <summary>
    /// Numbers that are finite there and bounded lower here: TRL 0.13 ends exponents at 88.7, the last before overflow, 1.9 and we at 80;
    /// squares of scores beyond 1e18, which leave float32 in the next sum.
    /// </summary>
    public static readonly string[] Bounded =
    [
        "trl 1.9.0 sppo_hard forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 sppo_hard alpha 2 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 sigmoid alpha 1 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 hinge alpha 1 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 ipo alpha 1 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 robust alpha 1 beta 0.1 smoothing 0.1 tau 0.05 extreme",
        "trl 0.13.0 sigmoid alpha 1 beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 hinge alpha 1 beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 ipo alpha 1 beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 robust alpha 1 beta 0.5 smoothing 0.1 tau 0.05 extreme",
    ];

    /// <summary>float32 loses digits: 1 − σ near 1 and differences of large softplus values in the original, exponentials of rounded differences in both. Compared with float64 instead.</summary>
    public static readonly string[] Rounded =
    [
        "trl 1.9.0 apo_down alpha 0.5 beta 0.1 smoothing 0 tau 0.05 normal",
        "trl 1.9.0 apo_down alpha 2 beta 0.1 smoothing 0 tau 0.05 normal",
        "trl 1.9.0 apo_down reverse_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_down alpha 1 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 sigmoid js_divergence beta 0.1 smoothing 0 tau 0.05 normal",
        "trl 0.13.0 robust js_divergence beta 0.1 smoothing 0.1 tau 0.05 normal",
        "trl 0.13.0 robust js_divergence beta 0.5 smoothing 0.1 tau 0.05 normal",
        "trl 0.13.0 apo_down reverse_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 sigmoid js_divergence beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 hinge js_divergence beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 ipo js_divergence beta 0.5 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 robust js_divergence beta 0.5 smoothing 0.1 tau 0.05 extreme",
        "trl 1.9.0 apo_down js_divergence beta 0.1 smoothing 0 tau 0.05 normal",
        "trl 1.9.0 exo_pair alpha 2 beta 0.1 smoothing 0.1 tau 0.05 normal",
        "trl 1.9.0 apo_zero reverse_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_zero forward_kl beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_zero js_divergence beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 discopop js_divergence beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_zero alpha 0.5 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_zero alpha 1 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 1.9.0 apo_zero alpha 2 beta 0.1 smoothing 0 tau 0.05 extreme",
        "trl 0.13.0 apo_zero reverse_kl beta 0.1 smoothing 0 tau 0.05 extreme",
    ];
}
