using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>eˣ for all vector widths alike: 2ⁿ times a polynomial on |r| ≤ ln2 / 2; largest error 2 units in the last place.</summary>
internal static class Exponential
{
    private const float SmallestExponent = -87.3f;
    private const float LargestExponent = 88.37f;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, so that n · ln 2 is exact enough (Cody and Waite 1980).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>eˣ; 0 below −87.3 and the largest power above 88.37.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Exp<TV, TLanes>(TV x) where TLanes : struct, ILanes<TV>
    {
        var smallest = TLanes.Create(SmallestExponent);
        var largest = TLanes.Create(LargestExponent);
        var held = TLanes.WhereLess(largest, x, largest, TLanes.WhereLess(x, smallest, smallest, x));
        var n = TLanes.Round(TLanes.Multiply(held, TLanes.Create(Log2E)));
        var r = TLanes.Fma(n, TLanes.Create(-Ln2High), held);
        r = TLanes.Fma(n, TLanes.Create(-Ln2Low), r);
        // 1 + r + r²·(1/2! + r·(1/3! + ...)), coefficients fitted to the interval (Cephes' expf).
        var p = TLanes.Create(1.9875691500e-4f);
        p = TLanes.Fma(p, r, TLanes.Create(1.3981999507e-3f));
        p = TLanes.Fma(p, r, TLanes.Create(8.3334519073e-3f));
        p = TLanes.Fma(p, r, TLanes.Create(4.1665795894e-2f));
        p = TLanes.Fma(p, r, TLanes.Create(1.6666665459e-1f));
        p = TLanes.Fma(p, r, TLanes.Create(5.0000001201e-1f));
        p = TLanes.Add(TLanes.Fma(TLanes.Multiply(r, r), p, r), TLanes.Create(1));
        return TLanes.WhereLess(x, smallest, TLanes.Create(0), TLanes.Scale(p, n));
    }
}
