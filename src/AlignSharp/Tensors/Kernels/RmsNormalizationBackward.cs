using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Gradient of the norm, added to the gradient that passes it by: with s the kept reciprocal root and n the width,
/// <c>dx = pass + s·dy·w − x·s³/n · Σ dy·w·x</c> and <c>dw = Σ over rows of dy·x·s</c>. An item is a block of rows, whose part of dw is
/// summed by itself, so that the sum does not depend on the threads.
/// </summary>
internal sealed unsafe class RmsNormalizationBackward(int rows, int width) : IKernel
{
    /// <summary>Rows of an item.</summary>
    public const int BlockRows = 32;

    public required void* Input { get; init; } // [rows, width]

    public required void* Weight { get; init; } // [width]

    public required float* Scales { get; init; } // [rows]

    public required void* Gradient { get; init; } // [rows, width], of the output

    public void* Pass { get; init; } // [rows, width], or null

    public void* InputGradient { get; init; } // [rows, width], or null when nobody asks

    public float* WeightGradients { get; init; } // [blocks, width], zeros, or null when the weight is frozen

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var block = first; block < end; block++)
        {
            for (var row = block * BlockRows; row < Math.Min(rows, (block + 1) * BlockRows); row++)
            {
                var start = (nint)row * width * TElement.Bytes;
                byte* x = (byte*)Input + start, dy = (byte*)Gradient + start;
                if (InputGradient is not null) OfInput<TV, TLanes, TElement>(x, dy, Scales[row], Pass is null ? null : (byte*)Pass + start, (byte*)InputGradient + start);
                if (WeightGradients is not null) AddOfWeight<TV, TLanes, TElement>(x, dy, Scales[row], WeightGradients + (nint)block * width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OfInput<TV, TLanes, TElement>(byte* x, byte* dy, float scale, byte* pass, byte* dx) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var along = SumOfProducts<TV, TLanes, TElement>(x, dy) * scale * scale * scale / width;
        var (scales, alongs) = (TLanes.Create(scale), TLanes.Create(-along));
        nint i = 0;
        for (; i <= width - TLanes.Count; i += TLanes.Count)
        {
            var weighted = TLanes.Multiply(TElement.Load<TV, TLanes>(dy, i), TElement.Load<TV, TLanes>(Weight, i));
            var gradient = TLanes.Fma(TElement.Load<TV, TLanes>(x, i), alongs, TLanes.Multiply(weighted, scales));
            if (pass is not null) gradient = TLanes.Add(gradient, TElement.Load<TV, TLanes>(pass, i));
            TElement.Store<TV, TLanes>(dx, i, gradient);
        }
        for (; i < width; i++)
        {
            var gradient = MathF.FusedMultiplyAdd(TElement.Get(x, i), -along, TElement.Get(dy, i) * TElement.Get(Weight, i) * scale);
            TElement.Set(dx, i, pass is null ? gradient : gradient + TElement.Get(pass, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float SumOfProducts<TV, TLanes, TElement>(byte* x, byte* dy) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            var sum = TLanes.Create(0);
            nint i = lane;
            for (; i <= width - TLanes.Count; i += Reduction.Slots)
            {
                var weighted = TLanes.Multiply(TElement.Load<TV, TLanes>(dy, i), TElement.Load<TV, TLanes>(Weight, i));
                sum = TLanes.Fma(TElement.Load<TV, TLanes>(x, i), weighted, sum);
            }
            if (i < width)
            {
                var weighted = TLanes.Multiply(
                    Reduction.LoadSome<TV, TLanes, TElement>(dy, i, width - i, 0), Reduction.LoadSome<TV, TLanes, TElement>(Weight, i, width - i, 0));
                sum = TLanes.Fma(Reduction.LoadSome<TV, TLanes, TElement>(x, i, width - i, 0), weighted, sum);
            }
            TLanes.Store(slots + lane, sum);
        }
        return Reduction.Sum(slots);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOfWeight<TV, TLanes, TElement>(byte* x, byte* dy, float scale, float* dw) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var scales = TLanes.Create(scale);
        nint i = 0;
        for (; i <= width - TLanes.Count; i += TLanes.Count)
        {
            var normed = TLanes.Multiply(TElement.Load<TV, TLanes>(x, i), scales);
            TLanes.Store(dw + i, TLanes.Fma(TElement.Load<TV, TLanes>(dy, i), normed, TLanes.Load(dw + i)));
        }
        for (; i < width; i++) dw[i] = MathF.FusedMultiplyAdd(TElement.Get(dy, i), TElement.Get(x, i) * scale, dw[i]);
    }
}
