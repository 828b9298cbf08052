using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// What forward and backward attention share. Queries go through in tiles, one a lane, so that maxima and sums over keys never leave their lane:
/// scores are laid out <c>[keys, tile]</c>, and every product is a <see cref="MicroProduct"/> over float32 copies.
/// </summary>
internal static unsafe class AttentionTile
{
    /// <summary>Queries of a tile.</summary>
    public static int Queries<TV, TLanes>() where TLanes : struct, ILanes<TV> => MicroProduct.Columns<TV, TLanes>();

    /// <summary>Width of a head, rounded up to what a product takes as columns.</summary>
    public static int Padded<TV, TLanes>(int width) where TLanes : struct, ILanes<TV>
    {
        var columns = MicroProduct.Columns<TV, TLanes>();
        return (width + columns - 1) / columns * columns;
    }

    /// <summary>Copies rows to float32, scaled, the padding columns zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyRows<TV, TLanes, TElement>(byte* from, nint stride, int rows, int width, float* to, int padded, float scale)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var scales = TLanes.Create(scale);
        for (var row = 0; row < rows; row++, from += stride * TElement.Bytes, to += padded)
        {
            nint i = 0;
            for (; i <= width - TLanes.Count; i += TLanes.Count) TLanes.Store(to + i, TLanes.Multiply(TElement.Load<TV, TLanes>(from, i), scales));
            for (; i < width; i++) to[i] = TElement.Get(from, i) * scale;
            for (; i < padded; i++) to[i] = 0;
        }
    }

    /// <summary>Writes float32 rows back, scaled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteRows<TV, TLanes, TElement>(float* from, int padded, int rows, int width, byte* to, nint stride, float scale)
        where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var scales = TLanes.Create(scale);
        for (var row = 0; row < rows; row++, from += padded, to += stride * TElement.Bytes)
        {
            nint i = 0;
            for (; i <= width - TLanes.Count; i += TLanes.Count) TElement.Store<TV, TLanes>(to, i, TLanes.Multiply(TLanes.Load(from + i), scales));
            for (; i < width; i++) TElement.Set(to, i, from[i] * scale);
        }
    }

    /// <summary>Turns rows <c>[rows, padded]</c> into <c>[width, tile]</c>, the lanes without a row zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Turn<TV, TLanes>(float* from, int padded, int rows, int width, float* to) where TLanes : struct, ILanes<TV>
    {
        var tile = Queries<TV, TLanes>();
        if (rows < tile) new Span<float>(to, width * tile).Clear();
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < width; i++) to[(nint)i * tile + row] = from[(nint)row * padded + i];
    }

    /// <summary>
    /// Scores of the keys that a tile sees, shared ones first, those behind a query −∞.
    /// </summary>
    /// <param name="stream">The queries' stream.</param>
    /// <param name="first">First query of the tile.</param>
    /// <param name="queries">Queries in the tile.</param>
    /// <param name="keys">float32 <c>[keys, padded]</c>.</param>
    /// <param name="padded">Stride of the keys.</param>
    /// <param name="width">Width of a head.</param>
    /// <param name="turned">The scaled queries, <c>[width, tile]</c>.</param>
    /// <param name="scores"><c>[visible keys, tile]</c>.</param>
    /// <returns>How many keys the tile sees.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Scores<TV, TLanes>(AttentionStream stream, int first, int queries, float* keys, int padded, int width, float* turned, float* scores)
        where TLanes : struct, ILanes<TV>
    {
        var tile = Queries<TV, TLanes>();
        var own = first + queries - stream.OwnKeys;
        EachRun<TV, TLanes>(stream, own, keys, padded, width, turned, scores);
        // Lane i is query first + i: it does not see own keys behind it.
        var infinity = TLanes.Create(float.NegativeInfinity);
        var lanes = stackalloc float[2 * Reduction.Slots];
        for (var i = 0; i < tile; i++) lanes[i] = i;
        for (var key = first + 1; key < first + queries; key++)
        {
            var row = scores + (nint)(stream.SharedKeys + key - stream.OwnKeys) * tile;
            var behind = TLanes.Create(key - first);
            for (var i = 0; i < tile; i += TLanes.Count)
                TLanes.Store(row + i, TLanes.WhereLess(TLanes.Load(lanes + i), behind, infinity, TLanes.Load(row + i)));
        }
        return stream.SharedKeys + own;
    }

    /// <summary><c>output[key, tile] = rows[key] · turned</c> for the shared and the own keys of a stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EachRun<TV, TLanes>(AttentionStream stream, int own, float* rows, int padded, int width, float* turned, float* output) where TLanes : struct, ILanes<TV>
    {
        var tile = Queries<TV, TLanes>();
        MicroProduct.Block<TV, TLanes>(rows, padded, 1, stream.SharedKeys, turned, tile, tile, width, output, tile, add: false);
        MicroProduct.Block<TV, TLanes>(rows + (nint)stream.OwnKeys * padded, padded, 1, own, turned, tile, tile, width, output + (nint)stream.SharedKeys * tile, tile, add: false);
    }

    /// <summary><c>output[query] = Σ over keys of weights[key, query] · rows[key]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Mix<TV, TLanes>(AttentionStream stream, int own, int queries, float* weights, float* rows, int padded, float* output) where TLanes : struct, ILanes<TV>
    {
        var tile = Queries<TV, TLanes>();
        if (stream.SharedKeys > 0) MicroProduct.Block<TV, TLanes>(weights, 1, tile, queries, rows, padded, padded, stream.SharedKeys, output, padded, add: false);
        MicroProduct.Block<TV, TLanes>(weights + (nint)stream.SharedKeys * tile, 1, tile, queries, rows + (nint)stream.OwnKeys * padded, padded, padded, own, output, padded, add: stream.SharedKeys > 0);
    }

    /// <summary><c>sums[key] += Σ over queries of weights[key, query] · rows[query]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread<TV, TLanes>(AttentionStream stream, int own, int queries, float* weights, float* rows, int padded, float* sums) where TLanes : struct, ILanes<TV>
    {
        var tile = Queries<TV, TLanes>();
        MicroProduct.Block<TV, TLanes>(weights, tile, 1, stream.SharedKeys, rows, padded, padded, queries, sums, padded, add: true);
        MicroProduct.Block<TV, TLanes>(weights + (nint)stream.SharedKeys * tile, tile, 1, own, rows, padded, padded, queries, sums + (nint)stream.OwnKeys * padded, padded, add: true);
    }
}
