using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary><c>y = silu(gate) · up</c>, with silu(g) = g / (1 + e⁻ᵍ); an item is a row.</summary>
internal sealed unsafe class SwiGluForward(int width) : IKernel
{
    public required void* Gate { get; init; } // [rows, width]

    public required void* Up { get; init; } // [rows, width]

    public required void* Output { get; init; } // [rows, width]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint i = (nint)first * width, last = (nint)end * width;
        for (; i <= last - TLanes.Count; i += TLanes.Count)
            TElement.Store<TV, TLanes>(Output, i, Value<TV, TLanes>(TElement.Load<TV, TLanes>(Gate, i), TElement.Load<TV, TLanes>(Up, i)));
        if (i == last) return;
        var rest = Value<TV, TLanes>(Reduction.LoadSome<TV, TLanes, TElement>(Gate, i, last - i, 0), Reduction.LoadSome<TV, TLanes, TElement>(Up, i, last - i, 0));
        Reduction.StoreSome<TV, TLanes, TElement>(Output, i, last - i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Value<TV, TLanes>(TV gate, TV up) where TLanes : struct, ILanes<TV>
    {
        var one = TLanes.Create(1);
        var decay = Exponential.Exp<TV, TLanes>(TLanes.Subtract(TLanes.Create(0), gate));
        return TLanes.Multiply(TLanes.Divide(gate, TLanes.Add(one, decay)), up);
    }
}
