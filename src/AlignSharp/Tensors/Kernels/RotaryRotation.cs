using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Rotates the pair (x[j], x[j + half]) of every head by its token's angle, or back again for the gradient; an item is a token. Queries and keys
/// go together, since they share the angles.
/// </summary>
internal sealed unsafe class RotaryRotation(int half, bool back) : IKernel
{
    public required float* Cosines { get; init; } // [tokens, half]

    public required float* Sines { get; init; } // [tokens, half]

    /// <summary>Heads of a token, their rows from, and their rows to: queries, then keys.</summary>
    public required (int Heads, nint From, nint To)[] Parts { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var token = first; token < end; token++)
        {
            float* cosines = Cosines + (nint)token * half, sines = Sines + (nint)token * half;
            foreach (var (heads, from, to) in Parts)
            {
                for (var head = 0; head < heads; head++)
                {
                    var start = ((nint)token * heads + head) * 2 * half * TElement.Bytes;
                    Rotate<TV, TLanes, TElement>((byte*)from + start, (byte*)to + start, cosines, sines);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rotate<TV, TLanes, TElement>(byte* from, byte* to, float* cosines, float* sines) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint j = 0;
        var zero = TLanes.Create(0);
        for (; j <= half - TLanes.Count; j += TLanes.Count)
        {
            TV a = TElement.Load<TV, TLanes>(from, j), b = TElement.Load<TV, TLanes>(from, j + half);
            TV cosine = TLanes.Load(cosines + j), sine = TLanes.Load(sines + j);
            if (back) sine = TLanes.Subtract(zero, sine);
            TElement.Store<TV, TLanes>(to, j, TLanes.Fma(a, cosine, TLanes.Multiply(TLanes.Subtract(zero, b), sine)));
            TElement.Store<TV, TLanes>(to, j + half, TLanes.Fma(b, cosine, TLanes.Multiply(a, sine)));
        }
        for (; j < half; j++)
        {
            float a = TElement.Get(from, j), b = TElement.Get(from, j + half), sine = back ? 0 - sines[j] : sines[j];
            TElement.Set(to, j, MathF.FusedMultiplyAdd(a, cosines[j], (0 - b) * sine));
            TElement.Set(to, j + half, MathF.FusedMultiplyAdd(b, cosines[j], a * sine));
        }
    }
}
