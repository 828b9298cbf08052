using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Inverted dropout: each element is zero with a probability, else divided by what is left. Which ones is a function of the key and the place, so that the
/// backward pass makes the same choice; an item is a row.
/// </summary>
internal sealed unsafe class Dropping(int width, float probability, ulong key) : IKernel
{
    public required byte* Input { get; init; } // [rows, width]

    public required byte* Output { get; init; } // [rows, width], may be the input

    public bool Adds { get; init; } // to what the output holds

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var left = 1 / (1 - probability);
        TV limit = TLanes.Create(probability), factor = TLanes.Create(left), zero = TLanes.Create(0);
        for (var row = first; row < end; row++)
        {
            var start = (nint)row * width * TElement.Bytes;
            byte* from = Input + start, to = Output + start;
            var rowKey = RandomBits.OfRow(key, row);
            nint i = 0;
            for (; i <= width - TLanes.Count; i += TLanes.Count)
            {
                var kept = TLanes.Multiply(TElement.Load<TV, TLanes>(from, i), factor);
                var value = TLanes.WhereLess(TLanes.Uniform((uint)i, rowKey), limit, zero, kept);
                TElement.Store<TV, TLanes>(to, i, Adds ? TLanes.Add(value, TElement.Load<TV, TLanes>(to, i)) : value);
            }
            for (; i < width; i++)
            {
                var value = LanesScalar.Uniform((uint)i, rowKey) < probability ? 0 : TElement.Get(from, i) * left;
                TElement.Set(to, i, Adds ? value + TElement.Get(to, i) : value);
            }
        }
    }
}
