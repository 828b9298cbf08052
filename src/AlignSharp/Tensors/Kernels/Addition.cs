using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary><c>y = a + b</c>; an item is a row.</summary>
internal sealed unsafe class Addition(int width) : IKernel
{
    public required void* Left { get; init; } // [rows, width]

    public required void* Right { get; init; } // [rows, width]

    public required void* Output { get; init; } // [rows, width], may be one of them

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint i = (nint)first * width, last = (nint)end * width;
        for (; i <= last - TLanes.Count; i += TLanes.Count)
            TElement.Store<TV, TLanes>(Output, i, TLanes.Add(TElement.Load<TV, TLanes>(Left, i), TElement.Load<TV, TLanes>(Right, i)));
        for (; i < last; i++) TElement.Set(Output, i, TElement.Get(Left, i) + TElement.Get(Right, i));
    }
}
