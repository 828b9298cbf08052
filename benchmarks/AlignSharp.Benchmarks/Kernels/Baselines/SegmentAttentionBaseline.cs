using AlignSharp.Data.Pairs;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Benchmarks.Kernels.Baselines;

/// <summary>Attention within equally long segments by libtorch's scaled dot-product attention under a dense mask.</summary>
internal static class SegmentAttentionBaseline
{
    /// <summary>The mask of one segment: causal, and the second branch does not see the first.</summary>
    /// <param name="segment">Trunk and branches.</param>
    /// <param name="type">Type of the queries.</param>
    /// <returns><c>[length, length]</c>, 0 or minus infinity.</returns>
    public static Tensor Mask(Segment segment, ScalarType type)
    {
        var mask = full([segment.Length, segment.Length], double.NegativeInfinity, dtype: type).triu(1);
        mask.narrow(0, segment.Trunk + segment.FirstBranch, segment.SecondBranch).narrow(1, segment.Trunk, segment.FirstBranch).fill_(double.NegativeInfinity);
        return mask;
    }

    /// <summary>Attends.</summary>
    /// <param name="segments">Segments of the mask's length, one after the other.</param>
    /// <param name="mask">What <see cref="Mask"/> made.</param>
    /// <param name="queries"><c>[tokens, heads, headDim]</c>.</param>
    /// <param name="keys"><c>[tokens, kvHeads, headDim]</c>.</param>
    /// <param name="values"><c>[tokens, kvHeads, headDim]</c>.</param>
    /// <returns><c>[tokens, heads * headDim]</c>.</returns>
    public static Tensor Attend(Segment[] segments, Tensor mask, Tensor queries, Tensor keys, Tensor values)
    {
        using var scope = NewDisposeScope();
        long tokens = queries.shape[0], heads = queries.shape[1];
        Tensor Grid(Tensor packed) => packed.view(segments.Length, segments[0].Length, packed.shape[1], packed.shape[2]).transpose(1, 2);
        Tensor Shared(Tensor grid) => grid.shape[1] == heads ? grid : grid.repeat_interleave(heads / grid.shape[1], dim: 1);
        var mixed = F.scaled_dot_product_attention(Grid(queries), Shared(Grid(keys)), Shared(Grid(values)), attn_mask: mask); // [segments, heads, length, headDim]
        return mixed.transpose(1, 2).reshape(tokens, heads * queries.shape[2]).MoveToOuterDisposeScope();
    }
}
