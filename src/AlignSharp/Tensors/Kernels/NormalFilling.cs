using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Normal numbers that are a function of a key and the place: the inverse of the normal distribution at uniform numbers. The largest is 5.4 deviations.
/// An item is a block of elements.
/// </summary>
internal sealed unsafe class NormalFilling(long count, float deviation, ulong key) : IKernel
{
    /// <summary>Elements of an item.</summary>
    public const int BlockElements = 4096;

    /// <summary>Work of an element.</summary>
    public const int Work = 24;

    private const float RootOfTwo = 1.41421356f;

    public required byte* Output { get; init; } // [count]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var scale = deviation * RootOfTwo;
        for (var block = first; block < end; block++)
        {
            var start = Output + (nint)block * BlockElements * TElement.Bytes;
            var length = (nint)Math.Min(BlockElements, count - (long)block * BlockElements);
            // Two keys, because a model has more elements than a key has values.
            uint one = RandomBits.OfRow(key, block), other = RandomBits.OfRow(~key, block);
            nint i = 0;
            for (; i <= length - TLanes.Count; i += TLanes.Count)
                TElement.Store<TV, TLanes>(start, i, TLanes.Multiply(TLanes.Create(scale), Normal<TV, TLanes>((uint)i, one, other)));
            for (; i < length; i++) TElement.Set(start, i, scale * Normal<float, LanesScalar>((uint)i, one, other));
        }
    }

    // A normal number over √2: the inverse of the distribution is √2 · erf⁻¹(2u − 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Normal<TV, TLanes>(uint index, uint one, uint other) where TLanes : struct, ILanes<TV>
    {
        TV unit = TLanes.Create(1), zero = TLanes.Create(0);
        // The difference modulo 1 of two uniform numbers is one again, and exact.
        var difference = TLanes.Subtract(TLanes.Uniform(index, one), TLanes.Uniform(index, other));
        var uniform = TLanes.WhereLess(difference, zero, TLanes.Add(difference, unit), difference);
        // Odd multiples of 2⁻²⁴ between -1 and 1, exact as well.
        var x = TLanes.Fma(uniform, TLanes.Create(2), TLanes.Create(RandomBits.Unit - 1));
        return InverseErrorFunction.Of<TV, TLanes>(x);
    }
}
