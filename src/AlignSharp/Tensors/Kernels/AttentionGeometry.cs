namespace AlignSharp.Tensors.Kernels;

/// <summary>Heads of an attention and where their rows lie.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyHeads">Key-value heads, a divisor of the query heads.</param>
/// <param name="Width">Width of a head.</param>
/// <param name="KeyStride">Elements from a key to the next.</param>
/// <param name="KeyHeadStride">Elements from a key's head to its next.</param>
internal readonly record struct AttentionGeometry(int Heads, int KeyHeads, int Width, nint KeyStride, nint KeyHeadStride)
{
    /// <summary>Elements from a query to the next.</summary>
    public nint QueryStride => (nint)Heads * Width;

    /// <summary>Query heads that share a key-value head.</summary>
    public int Shared => Heads / KeyHeads;

    /// <summary>Factor on the scores.</summary>
    public float Scale => 1 / MathF.Sqrt(Width);
}
