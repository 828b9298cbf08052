namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// The vector operations that kernels are written in, once for every width: a kernel is compiled for each of
/// <see cref="Lanes512"/>, <see cref="Lanes256"/>, <see cref="Lanes128"/> and <see cref="LanesScalar"/>, and gives the same bits in all of
/// them, because lanes never meet but in <see cref="Reduction"/>, which has one order.
/// </summary>
/// <typeparam name="TV">The vector of float32 lanes.</typeparam>
internal unsafe interface ILanes<TV>
{
    static abstract int Count { get; }

    static abstract TV Create(float value);

    static abstract TV Load(float* from);

    static abstract void Store(float* to, TV value);

    /// <summary>Reads bfloat16 values.</summary>
    static abstract TV LoadBfloat16(ushort* from);

    /// <summary>Writes bfloat16 values, rounded to nearest, ties to even; NaN stays NaN.</summary>
    static abstract void StoreBfloat16(ushort* to, TV value);

    /// <summary>The nearest bfloat16 values, as float32.</summary>
    static abstract TV RoundToBfloat16(TV value);

    static abstract TV Add(TV a, TV b);

    static abstract TV Subtract(TV a, TV b);

    static abstract TV Multiply(TV a, TV b);

    static abstract TV Divide(TV a, TV b);

    /// <summary>a · b + c with one rounding.</summary>
    static abstract TV Fma(TV a, TV b, TV c);

    /// <summary>The larger one; NaN if either is.</summary>
    static abstract TV Max(TV a, TV b);

    static abstract TV Sqrt(TV a);

    /// <summary>The nearest whole number, ties to even.</summary>
    static abstract TV Round(TV a);

    /// <summary>a · 2ⁿ for a near 1 and whole n whose result is a normal number.</summary>
    static abstract TV Scale(TV a, TV n);

    /// <summary>Per lane: <paramref name="then"/> where a &lt; b, else <paramref name="otherwise"/> (also for NaN).</summary>
    static abstract TV WhereLess(TV a, TV b, TV then, TV otherwise);

    /// <summary>Uniform numbers of [0, 1), one for each of <paramref name="first"/>, first + 1, ...; the same for the same key.</summary>
    static abstract TV Uniform(uint first, uint key);
}
