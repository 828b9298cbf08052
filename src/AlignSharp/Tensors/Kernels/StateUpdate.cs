using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>One update in one pass over a parameter, its gradient and its float32 states; an item is a block of elements.</summary>
internal sealed unsafe class StateUpdate<TFormula>(TFormula formula, long count) : IKernel where TFormula : struct, IUpdateFormula
{
    /// <summary>Elements of an item.</summary>
    public const int BlockElements = 4096;

    public required byte* Parameter { get; init; } // [count], and so all below

    public required byte* Gradient { get; init; }

    /// <summary>Null where the formula has none.</summary>
    public required float* First { get; init; }

    /// <summary>Null where the formula has none.</summary>
    public required float* Second { get; init; }

    /// <summary>Factor on the gradient, from clipping.</summary>
    public required float GradientScale { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var rule = formula;
        nint i = (nint)first * BlockElements, last = (nint)Math.Min(count, (long)end * BlockElements);
        for (; i <= last - TLanes.Count; i += TLanes.Count) Advance<TV, TLanes, TElement>(ref rule, i);
        for (; i < last; i++) AdvanceOne<TElement>(ref rule, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance<TV, TLanes, TElement>(ref TFormula rule, nint i) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var p = TElement.Load<TV, TLanes>(Parameter, i);
        var g = TLanes.Multiply(TElement.Load<TV, TLanes>(Gradient, i), TLanes.Create(GradientScale));
        var m = TFormula.States > 0 ? TLanes.Load(First + i) : TLanes.Create(0);
        var v = TFormula.States > 1 ? TLanes.Load(Second + i) : TLanes.Create(0);
        rule.Advance<TV, TLanes>(ref p, g, ref m, ref v);
        TElement.Store<TV, TLanes>(Parameter, i, p);
        if (TFormula.States > 0) TLanes.Store(First + i, m);
        if (TFormula.States > 1) TLanes.Store(Second + i, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AdvanceOne<TElement>(ref TFormula rule, nint i) where TElement : struct, IElement
    {
        float p = TElement.Get(Parameter, i), m = TFormula.States > 0 ? First[i] : 0, v = TFormula.States > 1 ? Second[i] : 0;
        rule.Advance<float, LanesScalar>(ref p, TElement.Get(Gradient, i) * GradientScale, ref m, ref v);
        TElement.Set(Parameter, i, p);
        if (TFormula.States > 0) First[i] = m;
        if (TFormula.States > 1) Second[i] = v;
    }
}
