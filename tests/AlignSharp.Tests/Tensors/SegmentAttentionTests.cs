using AlignSharp.Data.Pairs;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class SegmentAttentionTests
{
    private static readonly int[] Lengths = [0, 1, 2, 5, 6, 7, 15, 16, 17, 31, 32, 33, 40];

    /// <summary>Heads, key-value heads, width of a head.</summary>
    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            foreach (var (heads, keyHeads) in new[] { (1, 1), (4, 4), (4, 2), (4, 1), (12, 12) })
                foreach (var width in new[] { 1, 2, 8, 12, 16, 48, 64, 80, 128 }) data.Add(heads, keyHeads, width);
            return data;
        }
    }

    /// <summary>Trunk, first and second branch.</summary>
    public static TheoryData<int, int, int> LongSegments => new()
    {
        { 200, 0, 0 }, { 0, 200, 0 }, { 0, 0, 200 }, { 200, 200, 200 }, { 1, 200, 1 }, { 0, 1, 199 }, { 129, 1, 1 }, { 0, 63, 65 }, { 97, 0, 128 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_kernel_equals_attention_with_a_dense_mask(int heads, int keyHeads, int width)
    {
        using var scope = NewDisposeScope();
        var segments = Random(heads * 1000 + keyHeads * 100 + width, count: 4);
        AssertDense(ScalarType.Float32, Float32Tolerance, segments, heads, keyHeads, width);
        // Forward rounds its result, backward too; the weights of backward's D come from the rounded result.
        AssertDense(ScalarType.BFloat16, Bfloat16Tolerance(2), segments, heads, keyHeads, width);
    }

    [Theory]
    [MemberData(nameof(LongSegments))]
    public void Long_segments_with_short_or_empty_parts_equal_attention_with_a_dense_mask(int trunk, int first, int second)
    {
        using var scope = NewDisposeScope();
        AssertDense(ScalarType.Float32, Float32Tolerance, [new Segment(0, trunk, first, second), new Segment(trunk + first + second, second, first, trunk)], 2, 1, 16);
    }

    [Fact]
    public void Segments_of_one_token_see_themselves()
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 1, 0, 0), new(1, 0, 1, 0), new(2, 0, 0, 1), new(3, 1, 1, 1)];
        AssertDense(ScalarType.Float32, Float32Tolerance, segments, 4, 2, 17);
        // Without a gradient such segments may take the path of generation.
        Tensor queries = Fixed(ScalarType.Float32, 1, 2, 4, 17), values = Fixed(ScalarType.Float32, 2, 2, 2, 17);
        using var attention = new SegmentAttention(segments[..2]);
        Near(values.repeat_interleave(2, 1).reshape(2, 68), attention.Attend(0, queries, values, values), 1e-6, "mixed");
    }

    [Fact]
    public void A_segment_without_tokens_takes_no_room()
    {
        using var scope = NewDisposeScope();
        AssertDense(ScalarType.Float32, Float32Tolerance, [new(0, 0, 0, 0), new(0, 3, 2, 4), new(9, 0, 0, 0), new(9, 5, 0, 0), new(14, 0, 0, 0)], 2, 2, 8);
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(4, 2, 4)]
    public void The_plain_form_equals_attention_with_a_dense_mask_and_has_the_gradient_of_finite_differences(int heads, int keyHeads, int width)
    {
        using var scope = NewDisposeScope();
        foreach (var segments in new Segment[][] { [new(0, 2, 2, 1), new(5, 1, 1, 0)], [new(0, 3, 1, 0), new(4, 4, 0, 0)], [new(0, 2, 1, 1)] })
        {
            AssertDense(ScalarType.Float64, 1e-12, segments, heads, keyHeads, width);
            var tokens = segments.Sum(segment => segment.Length);
            Tensor[] inputs = [Fixed(ScalarType.Float64, 1, tokens, heads, width), Fixed(ScalarType.Float64, 2, tokens, keyHeads, width), Fixed(ScalarType.Float64, 3, tokens, keyHeads, width)];
            Assert.InRange(GradientCheck.LargestError(t => Attend(segments, t)[0], inputs), 0, 1e-7);
        }
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Queries_keys_and_values_can_each_be_frozen(params bool[] trains)
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 7, 5, 20)];
        Tensor[] inputs = [.. Inputs(ScalarType.Float32, 32, 4, 2, 8).Zip(trains, (input, trained) => input.requires_grad_(trained))];
        AgreesWithFloat64(Float32Tolerance, t => Attend(segments, t), inputs);
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 7, 5, 20)];
        var inputs = Inputs(ScalarType.Float32, 32, 4, 4, 9);
        AgreesWithFloat64(Float32Tolerance, t => [Strided(Attend(segments, [.. t.Select(Strided)])[0])], inputs);
        AgreesWithFloat64(Float32Tolerance, t => [Attend(segments, [t[0].narrow(2, 1, 8), t[1].narrow(1, 1, 2).narrow(2, 0, 8), t[2].narrow(1, 0, 2).narrow(2, 1, 8)])[0].sum()], inputs);
    }

    [Fact]
    public void Queries_keys_and_values_may_be_one_tensor()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t => Attend([new(0, 7, 5, 20)], [t[0], t[0], t[0]]), Leaf(ScalarType.Float32, 1, 32, 2, 8));
    }

    [Fact]
    public void A_segment_has_the_same_bits_in_any_company()
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 7, 33, 20), new(60, 1, 50, 9), new(120, 35, 0, 0)];
        var inputs = Inputs(ScalarType.Float32, 155, 4, 2, 16);
        var (outputs, gradients) = Run(t => Attend(segments, t), inputs);
        foreach (var segment in segments)
        {
            Tensor Part(Tensor all) => all.detach().narrow(0, segment.Start, segment.Length);
            Tensor[] alone = [.. inputs.Select(input => Part(input).clone().requires_grad_())];
            var output = Attend([segment with { Start = 0 }], alone)[0];
            Assert.Equal(Bits(Part(outputs[0])), Bits(output));
            Backpropagation.Run((output * Part(Fixed(ScalarType.BFloat16, 1000, outputs[0].shape).to(ScalarType.Float32))).sum());
            foreach (var (together, single) in gradients.Zip(alone)) Assert.Equal(Bits(Part(together!)), Bits(single.grad!));
        }
    }

    [Fact]
    public void A_branch_changes_nothing_in_its_sibling_and_a_token_nothing_before_it()
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 20, 40, 50)];
        Tensor[] inputs = [Fixed(ScalarType.Float32, 1, 110, 2, 16), Fixed(ScalarType.Float32, 2, 110, 1, 16), Fixed(ScalarType.Float32, 3, 110, 1, 16)];
        var before = Attend(segments, inputs)[0].clone();
        foreach (var input in inputs) input.narrow(0, 35, 25).mul_(-3); // the last 25 tokens of the first branch
        var after = Attend(segments, inputs)[0];
        Assert.Equal(Bits(before.narrow(0, 0, 35)), Bits(after.narrow(0, 0, 35)));
        Assert.Equal(Bits(before.narrow(0, 60, 50)), Bits(after.narrow(0, 60, 50)));
        Assert.NotEqual(Bits(before.narrow(0, 35, 25)), Bits(after.narrow(0, 35, 25)));
    }

    [Fact]
    public void Scores_far_apart_choose_one_key()
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 20, 9, 11)];
        Tensor[] inputs = Inputs(ScalarType.Float32, 40, 2, 2, 8);
        AgreesWithFloat64(1e-4, t => Attend(segments, [t[0] * 100, t[1] * 10, t[2]]), [.. inputs.Select(input => input.detach())]);
        var (outputs, gradients) = Run(t => Attend(segments, [t[0] * 1e4f, t[1] * 1e4f, t[2]]), inputs);
        foreach (var result in outputs.Concat(gradients.OfType<Tensor>())) Assert.True(result.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_not_a_number_reaches_only_those_who_see_it(int input)
    {
        using var scope = NewDisposeScope();
        Segment[] segments = [new(0, 20, 30, 30), new(80, 10, 0, 0)];
        Tensor[] inputs = [Fixed(ScalarType.Float32, 1, 90, 2, 16), Fixed(ScalarType.Float32, 2, 90, 2, 16), Fixed(ScalarType.Float32, 3, 90, 2, 16)];
        inputs[input][24, 1, 3] = float.NaN; // in the first branch, second head
        var bad = Attend(segments, inputs)[0].view(90, 2, 16).isnan().any(2);
        Assert.False(bad.narrow(1, 0, 1).any().item<bool>());
        Assert.False(bad.narrow(0, 50, 40).any().item<bool>());
        Assert.True(bad[24, 1].item<bool>());
        // A value that is not seen still is multiplied by its weight of zero, as in libtorch's attention.
        if (input != 2) Assert.False(bad.narrow(0, 0, 20).any().item<bool>());
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.Float32, 40, 4, 2, 8);
        Assert.Equal(0, LeakCheck.Growth(() =>
        {
            using var pass = NewDisposeScope();
            Backpropagation.Run(Attend([new(0, 20, 9, 11)], inputs)[0].sum());
            foreach (var input in inputs) input.grad = null;
        }));
    }

    [Fact]
    public void Inputs_that_do_not_fit_each_other_or_the_segments_are_refused()
    {
        using var scope = NewDisposeScope();
        using var attention = new SegmentAttention([new(0, 3, 1, 1)]);
        void Refused(Tensor queries, Tensor keys, Tensor values) => Assert.Throws<ArgumentException>(() => attention.Attend(0, queries, keys, values));
        Tensor four = ones(5, 4, 8), two = ones(5, 2, 8);
        Refused(ones(4, 4, 8), ones(4, 2, 8), ones(4, 2, 8)); // fewer tokens than the segments have
        Refused(four, ones(4, 2, 8), two);
        Refused(four, two, four);
        Refused(four, ones(5, 3, 8), ones(5, 3, 8));
        Refused(four, ones(5, 2, 4), ones(5, 2, 4));
        Refused(four, two.to(ScalarType.BFloat16), two);
    }

    private static void AssertDense(ScalarType type, double tolerance, Segment[] segments, int heads, int keyHeads, int width)
    {
        var inputs = Inputs(type, segments.Sum(segment => segment.Length), heads, keyHeads, width);
        var (outputs, gradients) = Run(t => Attend(segments, t), inputs);
        Tensor[] wide = [.. inputs.Select(input => input.detach().to(ScalarType.Float64, copy: true).requires_grad_())];
        var (expected, expectedGradients) = Run(t => [Dense(segments, t[0], t[1], t[2])], wide);
        Near(expected[0], outputs[0], tolerance, "mixed");
        for (var i = 0; i < 3; i++) Near(expectedGradients[i], gradients[i], tolerance, $"gradient of the {(i == 0 ? "queries" : i == 1 ? "keys" : "values")}");
    }

    private static Tensor[] Attend(Segment[] segments, Tensor[] inputs)
    {
        using var attention = new SegmentAttention(segments);
        return [attention.Attend(0, inputs[0], inputs[1], inputs[2])];
    }

    private static Tensor[] Inputs(ScalarType type, int tokens, int heads, int keyHeads, int width) =>
        [Leaf(type, 1, tokens, heads, width), Leaf(type, 2, tokens, keyHeads, width), Leaf(type, 3, tokens, keyHeads, width)];

    // Attention as its formula has it: every query against every key of its segment, and minus infinity where it must not look.
    private static Tensor Dense(Segment[] segments, Tensor queries, Tensor keys, Tensor values)
    {
        var (heads, width) = (queries.shape[1], queries.shape[2]);
        var repeats = heads / keys.shape[1];
        var mixed = new List<Tensor>();
        foreach (var segment in segments)
        {
            if (segment.Length == 0) continue;
            Tensor Heads(Tensor packed, long shared) => packed.narrow(0, segment.Start, segment.Length).repeat_interleave(shared, 1).transpose(0, 1); // [heads, tokens, width]
            var scores = Heads(queries, 1).matmul(Heads(keys, repeats).transpose(1, 2)) / Math.Sqrt(width);
            var weights = scores.masked_fill(Hidden(segment), double.NegativeInfinity).softmax(-1);
            mixed.Add(weights.matmul(Heads(values, repeats)).transpose(0, 1).reshape(segment.Length, heads * width));
        }
        return cat(mixed, 0);
    }

    private static Tensor Hidden(Segment segment)
    {
        var hidden = new bool[segment.Length, segment.Length];
        bool InFirst(int token) => token >= segment.Trunk && token < segment.Trunk + segment.FirstBranch;
        bool InSecond(int token) => token >= segment.Trunk + segment.FirstBranch;
        for (var query = 0; query < segment.Length; query++)
            for (var key = 0; key < segment.Length; key++) hidden[query, key] = key > query || (InSecond(query) && InFirst(key));
        return tensor(hidden);
    }

    private static Segment[] Random(int seed, int count)
    {
        var random = new Random(seed);
        int Length() => Lengths[random.Next(Lengths.Length)];
        var (segments, start) = (new List<Segment>(), 0);
        while (segments.Count < count)
        {
            var segment = new Segment(start, Length(), Length(), Length());
            if (segment.Length == 0) continue;
            segments.Add(segment);
            start += segment.Length;
        }
        return [.. segments];
    }
}
