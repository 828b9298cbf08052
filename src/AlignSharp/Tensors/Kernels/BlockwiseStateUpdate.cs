using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// One update of a parameter whose states are 8-bit codes (Dettmers et al. 2021, arXiv:2110.02861) by the rule of bitsandbytes' CUDA code: states are
/// decoded, the parameter moves by the new states as they are, and only then are these encoded again, value / magnitude of their block. A code
/// never has another sign than its value. An element whose gradient is not finite keeps its parameter and loses its states. An item is a block.
/// </summary>
internal sealed unsafe class BlockwiseStateUpdate<TFormula>(TFormula formula, long count) : IKernel where TFormula : struct, IUpdateFormula
{
    /// <summary>Elements of a block.</summary>
    public const int BlockElements = 256;

    public required byte* Parameter { get; init; } // [count]

    public required byte* Gradient { get; init; } // [count]

    public required byte* FirstCodes { get; init; } // [count]

    public required float* FirstMagnitudes { get; init; } // [blocks]

    public required CodeBook FirstBook { get; init; }

    /// <summary>Null where the formula has one state, and so the two below.</summary>
    public required byte* SecondCodes { get; init; }

    public required float* SecondMagnitudes { get; init; }

    public required CodeBook? SecondBook { get; init; }

    /// <summary>Factor on the gradient, from clipping.</summary>
    public required float GradientScale { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        float* m = stackalloc float[BlockElements], v = stackalloc float[BlockElements];
        for (var block = first; block < end; block++)
        {
            var start = (nint)block * BlockElements;
            var elements = (int)Math.Min(BlockElements, count - start);
            Decode(FirstCodes + start, FirstMagnitudes[block], FirstBook, m, elements);
            if (TFormula.States > 1) Decode(SecondCodes + start, SecondMagnitudes[block], SecondBook!, v, elements);
            Advance<TV, TLanes, TElement>(start, elements, m, v);
            FirstMagnitudes[block] = Encode<TV, TLanes>(m, FirstBook, FirstCodes + start, elements);
            if (TFormula.States > 1) SecondMagnitudes[block] = Encode<TV, TLanes>(v, SecondBook!, SecondCodes + start, elements);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance<TV, TLanes, TElement>(nint start, int elements, float* m, float* v) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var rule = formula;
        var i = 0;
        for (; i <= elements - TLanes.Count; i += TLanes.Count)
        {
            var p = TElement.Load<TV, TLanes>(Parameter, start + i);
            TV first = TLanes.Load(m + i), second = TFormula.States > 1 ? TLanes.Load(v + i) : TLanes.Create(0);
            AdvanceFinite<TV, TLanes>(ref rule, ref p, TElement.Load<TV, TLanes>(Gradient, start + i), ref first, ref second);
            TElement.Store<TV, TLanes>(Parameter, start + i, p);
            TLanes.Store(m + i, first);
            if (TFormula.States > 1) TLanes.Store(v + i, second);
        }
        for (; i < elements; i++)
        {
            float p = TElement.Get(Parameter, start + i), second = TFormula.States > 1 ? v[i] : 0;
            AdvanceFinite<float, LanesScalar>(ref rule, ref p, TElement.Get(Gradient, start + i), ref m[i], ref second);
            TElement.Set(Parameter, start + i, p);
            v[i] = second;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AdvanceFinite<TV, TLanes>(ref TFormula rule, ref TV p, TV gradient, ref TV first, ref TV second) where TLanes : struct, ILanes<TV>
    {
        var zero = TLanes.Create(0);
        var before = p;
        var size = TLanes.Max(gradient, TLanes.Subtract(zero, gradient));
        rule.Advance<TV, TLanes>(ref p, TLanes.Multiply(gradient, TLanes.Create(GradientScale)), ref first, ref second);
        p = WhereFinite<TV, TLanes>(size, p, before);
        first = WhereFinite<TV, TLanes>(size, first, zero);
        second = WhereFinite<TV, TLanes>(size, second, zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV WhereFinite<TV, TLanes>(TV size, TV then, TV otherwise) where TLanes : struct, ILanes<TV> =>
        TLanes.WhereLess(size, TLanes.Create(float.PositiveInfinity), then, otherwise);

    private static void Decode(byte* codes, float magnitude, CodeBook book, float* values, int elements)
    {
        var map = book.Values;
        for (var i = 0; i < elements; i++) values[i] = map[codes[i]] * magnitude;
    }

    private static float Encode<TV, TLanes>(float* values, CodeBook book, byte* codes, int elements) where TLanes : struct, ILanes<TV>
    {
        var (magnitude, firstPositive) = (Magnitude<TV, TLanes>(values, elements), book.FirstPositive);
        float* thresholds = book.Thresholds, ratios = stackalloc float[BlockElements];
        var lowest = book.Lowest;
        var i = 0;
        for (; i <= elements - TLanes.Count; i += TLanes.Count) TLanes.Store(ratios + i, TLanes.Divide(TLanes.Load(values + i), TLanes.Create(magnitude)));
        for (; i < elements; i++) ratios[i] = values[i] / magnitude;
        for (i = 0; i < elements; i++)
        {
            // One look and one comparison: a search would mispredict half of its branches.
            int code = lowest[BitConverter.SingleToUInt32Bits(ratios[i]) >> 16];
            code += ratios[i] >= thresholds[code] ? 1 : 0;
            // In a block of zeros the code wraps around to 255, which decodes to 0 as well.
            if (code < firstPositive != float.IsNegative(values[i])) code += values[i] > 0 ? 1 : -1;
            codes[i] = (byte)code;
        }
        return magnitude;
    }

    // The largest of all is the same in any order.
    private static float Magnitude<TV, TLanes>(float* values, int elements) where TLanes : struct, ILanes<TV>
    {
        var slots = stackalloc float[Reduction.Slots];
        new Span<float>(slots, Reduction.Slots).Clear();
        var (largest, zero, i) = (TLanes.Create(0), TLanes.Create(0), 0);
        for (; i <= elements - TLanes.Count; i += TLanes.Count)
        {
            var value = TLanes.Load(values + i);
            largest = TLanes.Max(largest, TLanes.Max(value, TLanes.Subtract(zero, value)));
        }
        TLanes.Store(slots, largest);
        var magnitude = Reduction.Max(slots);
        for (; i < elements; i++) magnitude = MathF.Max(magnitude, MathF.Abs(values[i]));
        return magnitude;
    }
}
