using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Sums of squares of blocks of elements; an item is a block.</summary>
internal sealed unsafe class SquaredNorm(long count) : IKernel
{
    /// <summary>Elements of an item.</summary>
    public const int BlockElements = 4096;

    public required byte* Values { get; init; } // [count]

    public required double* Sums { get; init; } // [blocks]

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var slots = stackalloc float[Reduction.Slots];
        for (var block = first; block < end; block++)
        {
            var values = Values + (nint)block * BlockElements * TElement.Bytes;
            var width = (nint)Math.Min(BlockElements, count - (long)block * BlockElements);
            for (var lane = 0; lane < Reduction.Slots; lane += TLanes.Count)
            {
                var sum = TLanes.Create(0);
                nint i = lane;
                for (; i <= width - TLanes.Count; i += Reduction.Slots)
                {
                    var value = TElement.Load<TV, TLanes>(values, i);
                    sum = TLanes.Fma(value, value, sum);
                }
                if (i < width)
                {
                    var value = Reduction.LoadSome<TV, TLanes, TElement>(values, i, width - i, 0);
                    sum = TLanes.Fma(value, value, sum);
                }
                TLanes.Store(slots + lane, sum);
            }
            Sums[block] = Reduction.Sum(slots);
        }
    }
}
