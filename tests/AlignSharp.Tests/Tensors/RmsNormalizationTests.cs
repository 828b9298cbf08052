using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class RmsNormalizationTests
{
    // Large, so that the gradient of a narrow row is not all cancellation.
    private const double Epsilon = 0.5;

    public static TheoryData<int> AllWidths => Widths;

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Rows_are_divided_by_their_root_mean_square_and_weighted(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[,] { { 3.0, 4.0 }, { 0, -2 } });
        var weight = tensor(new[,] { { 1.0, 10 } }).view(2);
        var y = RmsNormalization.Apply(x.to(type), weight.to(type), 0.5);
        // Mean squares 12.5 and 2, to which 0.5 is added.
        var expected = tensor(new[,] { { 3 / Math.Sqrt(13), 40 / Math.Sqrt(13) }, { 0, -20 / Math.Sqrt(2.5) } });
        Near(expected, y, 1e-6, "values");
    }

    [Fact]
    public void The_plain_form_has_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = [Fixed(ScalarType.Float64, 1, 3, 5), Fixed(ScalarType.Float64, 2, 5)];
        Assert.InRange(GradientCheck.LargestError(t => RmsNormalization.Apply(t[0], t[1], 1e-5), inputs), 0, 1e-7);
        Assert.InRange(GradientCheck.LargestError(t => cat(Branch(t), 1), inputs), 0, 1e-7);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void The_kernel_equals_the_plain_form(int width)
    {
        using var scope = NewDisposeScope();
        foreach (var rows in RowCounts)
        {
            Tensor x = Leaf(ScalarType.Float32, rows, rows, width), weight = Leaf(ScalarType.Float32, 2, width);
            AgreesWithFloat64(Float32Tolerance, Apply, x, weight);
            AgreesWithFloat64(Float32Tolerance, Branch, x, weight);
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void The_kernel_in_bfloat16_equals_the_plain_form_up_to_its_roundings(int width)
    {
        using var scope = NewDisposeScope();
        foreach (var rows in RowCounts)
        {
            Tensor x = Leaf(ScalarType.BFloat16, rows, rows, width), weight = Leaf(ScalarType.BFloat16, 2, width);
            // Forward rounds before the weight and after it; backward once.
            AgreesWithFloat64(Bfloat16Tolerance(2), Apply, x, weight);
            AgreesWithFloat64(Bfloat16Tolerance(2), Branch, x, weight);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Rows_and_weight_can_each_be_frozen(bool trainsRows, bool trainsWeight)
    {
        using var scope = NewDisposeScope();
        Tensor x = Fixed(ScalarType.Float32, 1, 33, 17).requires_grad_(trainsRows), weight = Fixed(ScalarType.Float32, 2, 17).requires_grad_(trainsWeight);
        AgreesWithFloat64(Float32Tolerance, Apply, x, weight);
        // The rows that are handed on want a gradient only where the rows do.
        AgreesWithFloat64(Float32Tolerance, t => trainsRows ? Branch(t) : [Branch(t)[1]], x, weight);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_of_the_two_results_of_a_branch_is_enough(int used)
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf(ScalarType.Float32, 1, 5, 17), weight = Leaf(ScalarType.Float32, 2, 17);
        AgreesWithFloat64(Float32Tolerance, t => [Branch(t)[used]], x, weight);
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        Tensor x = Leaf(ScalarType.Float32, 1, 5, 34), weight = Leaf(ScalarType.Float32, 2, 34);
        AgreesWithFloat64(Float32Tolerance, t => [Strided(Apply([Strided(t[0]), t[1]])[0])], x, weight);
        AgreesWithFloat64(Float32Tolerance, t => [Apply([t[0].narrow(1, 1, 17), t[1][TensorIndex.Slice(0, 34, 2)]])[0].sum()], x, weight);
        AgreesWithFloat64(Float32Tolerance, t => [.. Branch([Strided(t[0]), t[1]]).Select(Strided)], x, weight);
    }

    [Fact]
    public void A_row_has_the_same_bits_in_any_company()
    {
        using var scope = NewDisposeScope();
        Tensor x = Fixed(ScalarType.Float32, 1, 97, 33), weight = Fixed(ScalarType.Float32, 2, 33);
        var together = RmsNormalization.Apply(x, weight, Epsilon);
        for (var row = 0; row < 97; row += 12) Assert.Equal(Bits(RmsNormalization.Apply(x.narrow(0, row, 1), weight, Epsilon)), Bits(together.narrow(0, row, 1)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_stays_in_its_row(float bad)
    {
        using var scope = NewDisposeScope();
        var x = Fixed(ScalarType.Float32, 1, 3, 17);
        x[1, 16] = bad;
        x.requires_grad_();
        var (outputs, gradients) = Run(Apply, [x, Fixed(ScalarType.Float32, 2, 17)]);
        foreach (var result in new[] { outputs[0], gradients[0]! })
        {
            Assert.Equal([true, false, true], result.isfinite().all(1).data<bool>().ToArray());
            Assert.True(result[1, 16].isnan().item<bool>());
        }
    }

    [Theory]
    [InlineData(1e-15)]
    [InlineData(1e15)]
    public void Very_small_and_very_large_rows_are_normalised(double scale)
    {
        using var scope = NewDisposeScope();
        var x = (Fixed(ScalarType.Float32, 1, 3, 33) * (float)scale).requires_grad_();
        AgreesWithFloat64(Float32Tolerance, t => [RmsNormalization.Apply(t[0], t[1], 1e-30)], x, Leaf(ScalarType.Float32, 2, 33));
    }

    [Fact]
    public void No_rows_give_no_rows_and_a_gradient_of_zeros()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(0, Apply, Leaf(ScalarType.Float32, 1, 0, 17), Leaf(ScalarType.Float32, 2, 17));
        AgreesWithFloat64(0, Branch, Leaf(ScalarType.Float32, 1, 0, 17), Leaf(ScalarType.Float32, 2, 17));
    }

    [Fact]
    public void A_weight_that_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, 3);
        Assert.Throws<ArgumentException>(() => RmsNormalization.Apply(x, ones(4), 0));
        Assert.Throws<ArgumentException>(() => RmsNormalization.Apply(x, ones(3, dtype: ScalarType.BFloat16), 0));
        Assert.Throws<ArgumentException>(() => RmsNormalization.Branch(ones(3), ones(3), 0));
    }

    private static Tensor[] Apply(Tensor[] inputs) => [RmsNormalization.Apply(inputs[0], inputs[1], Epsilon)];

    private static Tensor[] Branch(Tensor[] inputs)
    {
        var (residual, normalized) = RmsNormalization.Branch(inputs[0], inputs[1], Epsilon);
        return [residual, normalized];
    }
}
