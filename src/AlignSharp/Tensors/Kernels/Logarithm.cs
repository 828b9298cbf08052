using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>ln x for all vector widths alike; largest error 2 units in the last place, or 1e-7 next to 1.</summary>
internal static class Logarithm
{
    private const float RootOfHalf = 0.70710678f;

    // ln 2 in two parts, so that n · ln 2 is exact enough (Cody and Waite 1980).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>ln x of 2⁻³¹ ≤ x ≤ 1; other numbers give no logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV OfFraction<TV, TLanes>(TV x) where TLanes : struct, ILanes<TV>
    {
        // The power of two is found by halving the range, so that lanes need no access to their bits.
        var n = TLanes.Create(0);
        Raise<TV, TLanes>(ref x, ref n, 16, 1f / 65536);
        Raise<TV, TLanes>(ref x, ref n, 8, 1f / 256);
        Raise<TV, TLanes>(ref x, ref n, 4, 1f / 16);
        Raise<TV, TLanes>(ref x, ref n, 2, 1f / 4);
        Raise<TV, TLanes>(ref x, ref n, 1, 1f / 2);
        Raise<TV, TLanes>(ref x, ref n, 1, RootOfHalf);
        // ln(1 + f) = f - f²/2 + f³·p(f), coefficients fitted to √½ ≤ 1 + f < √2 (Cephes' logf).
        var f = TLanes.Subtract(x, TLanes.Create(1));
        var p = TLanes.Create(7.0376836292e-2f);
        p = TLanes.Fma(p, f, TLanes.Create(-1.1514610310e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(1.1676998740e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(-1.2420140846e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(1.4249322787e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(-1.6668057665e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(2.0000714765e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(-2.4999993993e-1f));
        p = TLanes.Fma(p, f, TLanes.Create(3.3333331174e-1f));
        var square = TLanes.Multiply(f, f);
        var rest = TLanes.Fma(TLanes.Multiply(f, square), p, TLanes.Multiply(n, TLanes.Create(Ln2Low)));
        rest = TLanes.Fma(square, TLanes.Create(-0.5f), rest);
        return TLanes.Fma(n, TLanes.Create(Ln2High), TLanes.Add(f, rest));
    }

    // Where x is below the limit: x · 2ᵏ, and k off the exponent.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Raise<TV, TLanes>(ref TV x, ref TV n, int k, float limit) where TLanes : struct, ILanes<TV>
    {
        var below = TLanes.Create(limit);
        var (raised, less) = (TLanes.Multiply(x, TLanes.Create(1 << k)), TLanes.Subtract(n, TLanes.Create(k)));
        n = TLanes.WhereLess(x, below, less, n);
        x = TLanes.WhereLess(x, below, raised, x);
    }
}
