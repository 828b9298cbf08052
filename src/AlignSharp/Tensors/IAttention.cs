using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// Decides which token attends to which. A model hands over its projected and rotated queries, keys and values and knows neither
/// about batches nor about caches: training passes a <see cref="SegmentAttention"/>, generation a key-value cache.
/// </summary>
public interface IAttention
{
    /// <summary>Softmax attention with scale 1/sqrt(headDim); grouped key-value heads are shared by consecutive query heads.</summary>
    /// <param name="layer">Index of the layer that asks, from 0.</param>
    /// <param name="queries"><c>[tokens, heads, headDim]</c>.</param>
    /// <param name="keys"><c>[tokens, kvHeads, headDim]</c>.</param>
    /// <param name="values"><c>[tokens, kvHeads, headDim]</c>.</param>
    /// <returns><c>[tokens, heads * headDim]</c>, owned by the caller's scope.</returns>
    Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values);
}
