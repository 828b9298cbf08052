using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// <c>y = x · w / sqrt(mean(x²) + ε)</c>, rounded once before the weight as transformers has it; an item is a row. Keeps the reciprocal root
/// for the gradient.
/// </summary>
internal sealed unsafe class RmsNormalizationForward(int width, float epsilon) : IKernel
{
    public required void* Input { get; init; } // [rows, width]

    public required void* Weight { get; init; } // [width]

    public required void* Output { get; init; } // [rows, width]

    public required float* Scales { get; init; } // [rows]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var row = first; row < end; row++)
        {
            var x = (byte*)Input + (nint)row * width * TElement.Bytes;
            var y = (byte*)Output + (nint)row * width * TElement.Bytes;
            var scale = 1 / MathF.Sqrt(SumOfSquares<TV, TLanes, TElement>(x) / width + epsilon);
            Scales[row] = scale;
            var scales = TLanes.Create(scale);
            nint i = 0;
            for (; i <= width - TLanes.Count; i += TLanes.Count)
            {
                var scaled = TElement.Round<TV, TLanes>(TLanes.Multiply(TElement.Load<TV, TLanes>(x, i), scales));
                TElement.Store<TV, TLanes>(y, i, TLanes.Multiply(scaled, TElement.Load<TV, TLanes>(Weight, i)));
            }
            for (; i < width; i++) TElement.Set(y, i, TElement.Round<float, LanesScalar>(TElement.Get(x, i) * scale) * TElement.Get(Weight, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float SumOfSquares<TV, TLanes, TElement>(byte* x) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            var sum = TLanes.Create(0);
            nint i = lane;
            for (; i <= width - TLanes.Count; i += Reduction.Slots)
            {
                var value = TElement.Load<TV, TLanes>(x, i);
                sum = TLanes.Fma(value, value, sum);
            }
            if (i < width)
            {
                var value = Reduction.LoadSome<TV, TLanes, TElement>(x, i, width - i, 0);
                sum = TLanes.Fma(value, value, sum);
            }
            TLanes.Store(slots + lane, sum);
        }
        return Reduction.Sum(slots);
    }
}
