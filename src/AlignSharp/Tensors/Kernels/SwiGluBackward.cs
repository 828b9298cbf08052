using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>With s = σ(gate): <c>dup = dy·gate·s</c>, <c>dgate = dy·up·s·(1 + gate·(1 − s))</c>; an item is a row.</summary>
internal sealed unsafe class SwiGluBackward(int width) : IKernel
{
    public required void* Gate { get; init; } // [rows, width]

    public required void* Up { get; init; } // [rows, width]

    public required void* Gradient { get; init; } // [rows, width], of the output

    public required void* GateGradient { get; init; } // [rows, width]

    public required void* UpGradient { get; init; } // [rows, width]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint i = (nint)first * width, last = (nint)end * width;
        for (; i <= last - TLanes.Count; i += TLanes.Count)
        {
            TV gate = TElement.Load<TV, TLanes>(Gate, i), up = TElement.Load<TV, TLanes>(Up, i), dy = TElement.Load<TV, TLanes>(Gradient, i);
            Gradients<TV, TLanes>(gate, up, dy, out var dgate, out var dup);
            TElement.Store<TV, TLanes>(GateGradient, i, dgate);
            TElement.Store<TV, TLanes>(UpGradient, i, dup);
        }
        if (i == last) return;
        Gradients<TV, TLanes>(
            Reduction.LoadSome<TV, TLanes, TElement>(Gate, i, last - i, 0), Reduction.LoadSome<TV, TLanes, TElement>(Up, i, last - i, 0),
            Reduction.LoadSome<TV, TLanes, TElement>(Gradient, i, last - i, 0), out var restGate, out var restUp);
        Reduction.StoreSome<TV, TLanes, TElement>(GateGradient, i, last - i, restGate);
        Reduction.StoreSome<TV, TLanes, TElement>(UpGradient, i, last - i, restUp);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradients<TV, TLanes>(TV gate, TV up, TV dy, out TV dgate, out TV dup) where TLanes : struct, ILanes<TV>
    {
        var one = TLanes.Create(1);
        var sigmoid = TLanes.Divide(one, TLanes.Add(one, Exponential.Exp<TV, TLanes>(TLanes.Subtract(TLanes.Create(0), gate))));
        dup = TLanes.Multiply(TLanes.Multiply(dy, gate), sigmoid);
        dgate = TLanes.Multiply(TLanes.Multiply(TLanes.Multiply(dy, up), sigmoid), TLanes.Fma(gate, TLanes.Subtract(one, sigmoid), one));
    }
}
