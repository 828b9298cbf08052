using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Log-probability of the token that stands there, with the figures of the whole distribution, from a row of logits; an item is a row. On demand the
/// logits become their gradient, coefficient · (onehot − softmax).
/// </summary>
internal sealed unsafe class TokenScoring(int vocabulary) : IKernel
{
    public required byte* Logits { get; init; } // [rows, vocabulary]

    public required long* Targets { get; init; } // [rows]

    public float* Logps { get; init; } // [rows], or null when they are known

    public float* Entropies { get; init; } // [rows], or null when no figures are asked for

    public float* Correct { get; init; } // [rows], with the entropies

    public float* MeanLogits { get; init; } // [rows], with the entropies

    public float* LogExpected { get; init; } // [rows], log of the sum of squared probabilities, with the entropies

    /// <summary>Whether the logits are overwritten with their gradient.</summary>
    public bool ToGradient { get; init; }

    public float* Coefficients { get; init; } // [rows], or null for 1

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var row = first; row < end; row++)
        {
            var logits = Logits + (nint)row * vocabulary * TElement.Bytes;
            var target = (nint)Targets[row];
            var largest = Largest<TV, TLanes, TElement>(logits);
            var (sum, weighted, plain, squared) = Sums<TV, TLanes, TElement>(logits, largest);
            var logSum = largest + MathF.Log(sum);
            if (Logps is not null) Logps[row] = TElement.Get(logits, target) - logSum;
            if (Entropies is not null)
            {
                Entropies[row] = logSum - weighted / sum;
                Correct[row] = IsFirstOf<TElement>(logits, target, largest) ? 1 : 0;
                MeanLogits[row] = plain / vocabulary;
                LogExpected[row] = MathF.Log(squared) - 2 * MathF.Log(sum);
            }
            if (ToGradient) Turn<TV, TLanes, TElement>(logits, target, logSum, Coefficients is null ? 1 : Coefficients[row]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Largest<TV, TLanes, TElement>(byte* logits) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        var largest = TLanes.Create(float.NegativeInfinity);
        nint i = 0;
        for (; i <= vocabulary - TLanes.Count; i += TLanes.Count) largest = TLanes.Max(largest, TElement.Load<TV, TLanes>(logits, i));
        if (i < vocabulary) largest = TLanes.Max(largest, Reduction.LoadSome<TV, TLanes, TElement>(logits, i, vocabulary - i, float.NegativeInfinity));
        new Span<float>(slots, Reduction.Slots).Fill(float.NegativeInfinity);
        TLanes.Store(slots, largest);
        return Reduction.Max(slots);
    }

    // Sums of e^(x - max), of that times x, of x, and of e^(x - max) squared.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float Sum, float Weighted, float Plain, float Squared) Sums<TV, TLanes, TElement>(byte* logits, float largest) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        float* sums = stackalloc float[Reduction.Slots], weighteds = stackalloc float[Reduction.Slots], plains = stackalloc float[Reduction.Slots], squareds = stackalloc float[Reduction.Slots];
        var shift = TLanes.Create(largest);
        for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
        {
            TV sum = TLanes.Create(0), weighted = sum, plain = sum, squared = sum;
            nint i = lane;
            for (; i <= vocabulary - TLanes.Count; i += Reduction.Slots)
            {
                var x = TElement.Load<TV, TLanes>(logits, i);
                var term = Exponential.Exp<TV, TLanes>(TLanes.Subtract(x, shift));
                sum = TLanes.Add(sum, term);
                weighted = TLanes.Fma(term, x, weighted);
                plain = TLanes.Add(plain, x);
                squared = TLanes.Fma(term, term, squared);
            }
            if (i < vocabulary)
            {
                // A missing lane has no weight and adds nothing to the plain sum.
                var term = Exponential.Exp<TV, TLanes>(TLanes.Subtract(Reduction.LoadSome<TV, TLanes, TElement>(logits, i, vocabulary - i, float.NegativeInfinity), shift));
                var x = Reduction.LoadSome<TV, TLanes, TElement>(logits, i, vocabulary - i, 0);
                sum = TLanes.Add(sum, term);
                weighted = TLanes.Fma(term, x, weighted);
                plain = TLanes.Add(plain, x);
                squared = TLanes.Fma(term, term, squared);
            }
            TLanes.Store(sums + lane, sum);
            TLanes.Store(weighteds + lane, weighted);
            TLanes.Store(plains + lane, plain);
            TLanes.Store(squareds + lane, squared);
        }
        return (Reduction.Sum(sums), Reduction.Sum(weighteds), Reduction.Sum(plains), Reduction.Sum(squareds));
    }

    // Of equal logits the first counts, as libtorch's argmax has it.
    private static bool IsFirstOf<TElement>(byte* logits, nint target, float largest) where TElement : struct, IElement
    {
        if (TElement.Get(logits, target) != largest) return false;
        for (nint i = 0; i < target; i++)
            if (TElement.Get(logits, i) == largest) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Turn<TV, TLanes, TElement>(byte* logits, nint target, float logSum, float coefficient) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var ofTarget = coefficient - coefficient * Share(TElement.Get(logits, target), logSum);
        var (shift, negative) = (TLanes.Create(logSum), TLanes.Create(-coefficient));
        nint i = 0;
        for (; i <= vocabulary - TLanes.Count; i += TLanes.Count)
        {
            var share = Exponential.Exp<TV, TLanes>(TLanes.Subtract(TElement.Load<TV, TLanes>(logits, i), shift));
            TElement.Store<TV, TLanes>(logits, i, TLanes.Multiply(share, negative));
        }
        for (; i < vocabulary; i++) TElement.Set(logits, i, Share(TElement.Get(logits, i), logSum) * -coefficient);
        TElement.Set(logits, target, ofTarget);
    }

    private static float Share(float logit, float logSum) => Exponential.Exp<float, LanesScalar>(logit - logSum);
}
