namespace AlignSharp.Tensors.Kernels;

/// <summary>Copies the keys or values of new tokens to their places in a cache; an item is a token.</summary>
internal sealed unsafe class CacheAppending(int heads, int width, nint headStride) : IKernel
{
    public required byte* Input { get; init; } // [tokens, heads, width]

    public required byte* Cache { get; init; }

    /// <summary>Elements from the start of the cache to each token's first head.</summary>
    public required nint[] Places { get; init; }

    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint bytes = (nint)width * TElement.Bytes;
        for (var token = first; token < end; token++)
            for (var head = 0; head < heads; head++)
                Buffer.MemoryCopy(Input + ((nint)token * heads + head) * bytes, Cache + (Places[token] + head * headStride) * TElement.Bytes, bytes, bytes);
    }
}
