using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class LinearTests
{
    private const double Scaling = 0.75;

    /// <summary>Rows, in, out, rank.</summary>
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 1, 1, 1, 1 },
        { 1, 768, 33, 8 },
        { 2, 3, 7, 2 },
        { 5, 17, 1, 3 },
        { 8, 100, 80, 4 },
        { 9, 31, 16, 8 },
        { 31, 64, 128, 8 },
        { 33, 15, 17, 1 },
        { 97, 128, 33, 16 },
        { 200, 300, 128, 8 }, // in bfloat16 the products of libtorch
    };

    [Fact]
    public void The_plain_form_has_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Assert.InRange(GradientCheck.LargestError(t => Linear.Apply(t[0], Adapted(t)), Inputs(ScalarType.Float64, 3, 4, 5, 2)), 0, 1e-7);
    }

    // Each input enters linearly, so that steps of 1 are exact but for float32's rounding.
    [Fact]
    public void The_kernels_have_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        var error = GradientCheck.LargestError(t => Linear.Apply(t[0].to(ScalarType.Float32), Adapted([.. t.Select(input => input.to(ScalarType.Float32))])), Inputs(ScalarType.Float64, 3, 4, 5, 2), step: 1);
        Assert.InRange(error, 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_kernels_equal_the_plain_form(int rows, int width, int outputs, int rank)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.Float32, rows, width, outputs, rank);
        AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0], new LinearMap(t[1]))], inputs[0], inputs[1]);
        AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0], new LinearMap(t[1], t[2]))], inputs[..3]);
        AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0], Adapted(t))], inputs);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_kernels_in_bfloat16_equal_the_plain_form_up_to_their_roundings(int rows, int width, int outputs, int rank)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.BFloat16, rows, width, outputs, rank);
        // The output is rounded with each of its three parts.
        AgreesWithFloat64(Bfloat16Tolerance(3), t => [Linear.Apply(t[0], Adapted(t))], inputs);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_bias_of_B_is_scaled_with_it(int rows, int width, int outputs, int rank)
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0], Adapted(t) with { Update = new LowRankUpdate(t[3], t[4], Scaling, 0, t[5]) })], [.. Inputs(ScalarType.Float32, rows, width, outputs, rank), Leaf(ScalarType.Float32, 6, outputs)]);
        AgreesWithFloat64(Bfloat16Tolerance(8), t => [Linear.Apply(t[0], Adapted(t) with { Update = new LowRankUpdate(t[3], t[4], Scaling, 0, t[5]) })], [.. Inputs(ScalarType.BFloat16, rows, width, outputs, rank), Leaf(ScalarType.Float32, 6, outputs)]);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_float32_weight_beside_bfloat16_rows_counts_in_full(int rows, int width, int outputs, int rank)
    {
        using var scope = NewDisposeScope();
        var narrow = Inputs(ScalarType.BFloat16, rows, width, outputs, rank);
        // Rows and their gradient are rounded, the weight and its gradient are not.
        AgreesWithFloat64(Bfloat16Tolerance(3), t => [Linear.Apply(t[0], new LinearMap(t[1], t[2]))], narrow[0], Leaf(ScalarType.Float32, 2, outputs, width), Leaf(ScalarType.Float32, 3, outputs));
        using var weight = Leaf(ScalarType.Float32, 2, outputs, width);
        Backpropagation.Run(Linear.Apply(narrow[0], new LinearMap(weight)).sum());
        Near(narrow[0].detach().to(ScalarType.Float64).sum([0], keepdim: true).expand(outputs, width), weight.grad, Float32Tolerance, "gradient");
    }

    [Theory]
    [InlineData(true, false, false, false, false)]
    [InlineData(false, true, false, false, false)]
    [InlineData(false, false, true, false, false)]
    [InlineData(false, false, false, true, false)]
    [InlineData(false, false, false, false, true)]
    [InlineData(true, false, false, true, true)]
    public void Any_input_can_be_frozen(params bool[] trains)
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0], Adapted(t))], [.. Inputs(ScalarType.Float32, 9, 17, 33, 3).Zip(trains, (input, trained) => input.requires_grad_(trained))]);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0, 1, 2)]
    [InlineData(ScalarType.BFloat16, 0, 1, 2)]
    [InlineData(ScalarType.Float32, 2)]
    [InlineData(ScalarType.Float32, 1, 0)]
    public void Maps_of_one_input_add_up_in_its_gradient_whichever_of_them_are_used(ScalarType type, params int[] used)
    {
        using var scope = NewDisposeScope();
        // Widths of the outputs that are even are summed by another product than odd ones.
        foreach (var (rows, second, third) in new[] { (9, 7, 5), (9, 8, 6), (200, 70, 64) })
        {
            Tensor[] plain = [Leaf(type, 11, second, 33)], adapted = Inputs(type, rows, 33, 16, 3), biased = [Leaf(type, 12, third, 33), Leaf(type, 13, third)];
            // In bfloat16 the input's gradient is rounded with each of its four parts, which may be larger than their sum.
            AgreesWithFloat64(type == ScalarType.Float32 ? Float32Tolerance : Bfloat16Tolerance(6), t =>
            {
                var outputs = Linear.Apply(t[0], Adapted(t[..5]), new LinearMap(t[5]), new LinearMap(t[6], t[7]));
                return [.. used.Select(output => outputs[output])];
            }, [.. adapted, .. plain, .. biased]);
        }
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        foreach (var rows in new[] { 3, 33 })
        {
            var inputs = Inputs(ScalarType.Float32, rows, 34, 17, 3);
            AgreesWithFloat64(Float32Tolerance, t => [Strided(Linear.Apply(Strided(t[0]), Adapted([.. t.Select(Strided)])))], inputs);
            AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0].narrow(1, 1, 33), new LinearMap(t[1].narrow(1, 0, 33)))], inputs[0], inputs[1]);
            AgreesWithFloat64(Float32Tolerance, t => [Linear.Apply(t[0], Adapted(t)).sum()], inputs);
        }
    }

    [Fact]
    public void No_rows_give_no_rows_and_gradients_of_zeros()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            foreach (var outputs in new[] { 5, 6 }) AgreesWithFloat64(0, t => [Linear.Apply(t[0], Adapted(t))], Inputs(type, 0, 18, outputs, 3));
    }

    [Fact]
    public void A_map_that_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ones(2, 3), ones(4, 3));
        void Refused(LinearMap map) => Assert.Throws<ArgumentException>(() => Linear.Apply(x, map));
        Refused(new LinearMap(ones(4, 2)));
        Refused(new LinearMap(weight.to(ScalarType.Float16)));
        Refused(new LinearMap(weight, ones(3)));
        Refused(new LinearMap(weight, ones(1)));
        Refused(new LinearMap(weight, null, new LowRankUpdate(ones(2, 4), ones(4, 2), 1, 0)));
        Refused(new LinearMap(weight, null, new LowRankUpdate(ones(2, 3), ones(3, 2), 1, 0)));
        Refused(new LinearMap(weight, null, new LowRankUpdate(ones(2, 3), ones(4, 1), 1, 0)));
        Refused(new LinearMap(weight, null, new LowRankUpdate(ones(2, 3, dtype: ScalarType.Float64), ones(4, 2, dtype: ScalarType.Float64), 1, 0)));
        Assert.Throws<ArgumentException>(() => Linear.Apply(ones(3), new LinearMap(weight)));
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.Float32, 33, 17, 5, 3);
        Assert.Equal(0, LeakCheck.Growth(() =>
        {
            using var pass = NewDisposeScope();
            Backpropagation.Run(Linear.Apply(inputs[0], Adapted(inputs)).sum());
            foreach (var input in inputs) input.grad = null;
        }));
    }

    // Rows, weight, bias, A and B; the adapter is float32 beside a model of any narrower type.
    private static Tensor[] Inputs(ScalarType type, int rows, int width, int outputs, int rank)
    {
        var adapter = type == ScalarType.BFloat16 ? ScalarType.Float32 : type;
        return [Leaf(type, 1, rows, width), Leaf(type, 2, outputs, width), Leaf(type, 3, outputs), Leaf(adapter, 4, rank, width), Leaf(adapter, 5, outputs, rank)];
    }

    private static LinearMap Adapted(Tensor[] inputs) => new(inputs[1], inputs[2], new LowRankUpdate(inputs[3], inputs[4], Scaling, 0));
}
