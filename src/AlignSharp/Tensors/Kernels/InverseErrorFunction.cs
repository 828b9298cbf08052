using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// erf⁻¹ for all vector widths alike, by polynomials for single precision (Giles 2010, "Approximating the erfinv function"); largest error 5e-7 of the value.
/// </summary>
internal static class InverseErrorFunction
{
    private static readonly float[] Central =
        [2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f, -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f];

    private static readonly float[] Tail =
        [-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f, -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f];

    /// <summary>erf⁻¹ of −1 + 2⁻²⁴ ≤ x ≤ 1 − 2⁻²⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TLanes>(TV x) where TLanes : struct, ILanes<TV>
    {
        var unit = TLanes.Create(1);
        var w = TLanes.Subtract(TLanes.Create(0), Logarithm.OfFraction<TV, TLanes>(TLanes.Multiply(TLanes.Subtract(unit, x), TLanes.Add(unit, x))));
        var central = Polynomial<TV, TLanes>(Central, TLanes.Subtract(w, TLanes.Create(2.5f)));
        // The logarithm of nearly 1 may come out above 0, which has no root.
        var held = TLanes.WhereLess(w, unit, unit, w);
        var tail = Polynomial<TV, TLanes>(Tail, TLanes.Subtract(TLanes.Sqrt(held), TLanes.Create(3)));
        return TLanes.Multiply(x, TLanes.WhereLess(w, TLanes.Create(5), central, tail));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Polynomial<TV, TLanes>(float[] coefficients, TV x) where TLanes : struct, ILanes<TV>
    {
        var sum = TLanes.Create(coefficients[0]);
        for (var i = 1; i < 9; i++) sum = TLanes.Fma(sum, x, TLanes.Create(coefficients[i]));
        return sum;
    }
}
