using AlignSharp.Benchmarks.Kernels.Baselines;
using AlignSharp.Data.Pairs;
using AlignSharp.Tensors;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>A layer's attention over packed pairs.</summary>
internal static class SegmentAttentionCase
{
    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var model = sizes.Model;
        Segment[] segments = [.. Enumerable.Range(0, sizes.Pairs).Select(pair => new Segment(3 * pair * sizes.Length, sizes.Length, sizes.Length, sizes.Length))];
        var queries = sizes.Activations(sizes.Tokens, model.Heads, model.HeadDim);
        var keys = sizes.Activations(sizes.Tokens, model.KvHeads, model.HeadDim);
        var values = sizes.Activations(sizes.Tokens, model.KvHeads, model.HeadDim);
        // A batch prepares these once for all its layers, so they are no part of the time of one.
        var attention = new SegmentAttention(segments);
        var mask = SegmentAttentionBaseline.Mask(segments[0], sizes.Type);
        // Prompt and both completions see themselves causally, and the completions the whole prompt.
        double visible = sizes.Pairs * (3 * (sizes.Length * (sizes.Length + 1.0) / 2) + 2.0 * sizes.Length * sizes.Length);
        double flop = 4 * visible * model.Hidden, bytes = 2.0 * sizes.Tokens * (model.Hidden + model.KeyWidth) * sizes.ElementBytes;
        return new KernelCase("SegmentAttention", $"{sizes.Pairs} x (3 x {sizes.Length}) x {model.Heads} x {model.HeadDim}")
        {
            Ours = () => attention.Attend(0, queries, keys, values),
            Baseline = () => SegmentAttentionBaseline.Attend(segments, mask, queries, keys, values),
            Inputs = [queries, keys, values],
            Owned = [attention],
            ForwardFlop = flop,
            BackwardFlop = 2 * flop,
            ForwardBytes = bytes,
            BackwardBytes = 2 * bytes,
        };
    }
}
