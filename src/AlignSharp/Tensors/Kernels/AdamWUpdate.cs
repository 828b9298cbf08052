using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// One update of AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) in one pass over a parameter, gradient and both moments; an item is a block of elements.
/// </summary>
internal sealed unsafe class AdamWUpdate(long count) : IKernel
{
    /// <summary>Elements of an item.</summary>
    public const int BlockElements = 4096;

    public required byte* Parameter { get; init; } // [count], and so all below

    public required byte* Gradient { get; init; }

    public required byte* First { get; init; }

    public required byte* Second { get; init; }

    /// <summary>Factor on the gradient, from clipping.</summary>
    public required float GradientScale { get; init; }

    /// <summary>Factor on the parameter before the step: 1 − rate · decay.</summary>
    public required float Keep { get; init; }

    public required float Beta1 { get; init; }

    public required float OneMinusBeta1 { get; init; }

    public required float Beta2 { get; init; }

    public required float OneMinusBeta2 { get; init; }

    /// <summary>√(1 − β₂ᵗ).</summary>
    public required float Root { get; init; }

    public required float Epsilon { get; init; }

    /// <summary>−rate / (1 − β₁ᵗ).</summary>
    public required float Step { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint i = (nint)first * BlockElements, last = (nint)Math.Min(count, (long)end * BlockElements);
        for (; i <= last - TLanes.Count; i += TLanes.Count)
        {
            TV p = TElement.Load<TV, TLanes>(Parameter, i), g = TElement.Load<TV, TLanes>(Gradient, i);
            TV m = TElement.Load<TV, TLanes>(First, i), v = TElement.Load<TV, TLanes>(Second, i);
            Advance<TV, TLanes>(ref p, g, ref m, ref v);
            TElement.Store<TV, TLanes>(Parameter, i, p);
            TElement.Store<TV, TLanes>(First, i, m);
            TElement.Store<TV, TLanes>(Second, i, v);
        }
        for (; i < last; i++)
        {
            float p = TElement.Get(Parameter, i), m = TElement.Get(First, i), v = TElement.Get(Second, i);
            Advance<float, LanesScalar>(ref p, TElement.Get(Gradient, i), ref m, ref v);
            TElement.Set(Parameter, i, p);
            TElement.Set(First, i, m);
            TElement.Set(Second, i, v);
        }
    }

    // m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; p = keep·p + step · m / (√v / root + ε)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance<TV, TLanes>(ref TV p, TV g, ref TV m, ref TV v) where TLanes : struct, ILanes<TV>
    {
        g = TLanes.Multiply(g, TLanes.Create(GradientScale));
        m = TLanes.Fma(g, TLanes.Create(OneMinusBeta1), TLanes.Multiply(m, TLanes.Create(Beta1)));
        v = TLanes.Fma(TLanes.Multiply(g, g), TLanes.Create(OneMinusBeta2), TLanes.Multiply(v, TLanes.Create(Beta2)));
        var denominator = TLanes.Add(TLanes.Divide(TLanes.Sqrt(v), TLanes.Create(Root)), TLanes.Create(Epsilon));
        p = TLanes.Fma(TLanes.Divide(m, denominator), TLanes.Create(Step), TLanes.Multiply(p, TLanes.Create(Keep)));
    }
}
