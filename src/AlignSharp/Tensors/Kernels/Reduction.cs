using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// The one order in which lanes meet: element e of a row goes to slot e mod 16, and the sixteen slots fold in halves. Every vector width
/// follows it, so that all give the same bits.
/// </summary>
internal static unsafe class Reduction
{
    /// <summary>Slots of a row.</summary>
    public const int Slots = 16;

    /// <summary>Sum of sixteen slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(float* slots)
    {
        var four = Four(slots);
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    /// <summary>The <see cref="Sum"/> of four times sixteen slots, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumOfFour(float* slots)
    {
        if (!Sse.IsSupported) return Vector128.Create(Sum(slots), Sum(slots + Slots), Sum(slots + 2 * Slots), Sum(slots + 3 * Slots));
        Vector128<float> a = Four(slots), b = Four(slots + Slots), c = Four(slots + 2 * Slots), d = Four(slots + 3 * Slots);
        var ab = Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b);
        var cd = Sse.UnpackLow(c, d) + Sse.UnpackHigh(c, d);
        return Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab);
    }

    /// <summary>Largest of sixteen slots, NaN if one is.</summary>
    public static float Max(float* slots)
    {
        var largest = slots[0];
        for (var i = 1; i < Slots; i++) largest = MathF.Max(largest, slots[i]);
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(float* slots)
    {
        var eight = Vector256.Load(slots) + Vector256.Load(slots + 8);
        return eight.GetLower() + eight.GetUpper();
    }

    /// <summary>Elements from <paramref name="index"/> on, fewer than a vector holds; the missing lanes take a value.</summary>
    public static TV LoadSome<TV, TLanes, TElement>(void* row, nint index, nint count, float missing)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var lanes = stackalloc float[Slots];
        for (var i = 0; i < TLanes.Count; i++) lanes[i] = i < count ? TElement.Get(row, index + i) : missing;
        return TLanes.Load(lanes);
    }

    /// <summary>Writes fewer elements than a vector holds.</summary>
    public static void StoreSome<TV, TLanes, TElement>(void* row, nint index, nint count, TV value)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var lanes = stackalloc float[Slots];
        TLanes.Store(lanes, value);
        for (var i = 0; i < count; i++) TElement.Set(row, index + i, lanes[i]);
    }
}
