using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class ResidualTests
{
    public static TheoryData<int> AllWidths => Widths;

    [Fact]
    public void The_plain_form_has_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Assert.InRange(GradientCheck.LargestError(t => Residual.Add(t[0], t[1]), [Fixed(ScalarType.Float64, 1, 2, 3), Fixed(ScalarType.Float64, 2, 2, 3)]), 0, 1e-7);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void The_kernel_equals_the_plain_form(int width)
    {
        using var scope = NewDisposeScope();
        foreach (var (type, tolerance) in new[] { (ScalarType.Float32, Float32Tolerance), (ScalarType.BFloat16, Bfloat16Tolerance(1)) })
            foreach (var rows in RowCounts) AgreesWithFloat64(tolerance, Apply, Leaf(type, rows, rows, width), Leaf(type, rows + 1, rows, width));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Either_input_can_be_frozen(bool trainsStream, bool trainsUpdate)
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, Apply, Fixed(ScalarType.Float32, 1, 5, 17).requires_grad_(trainsStream), Fixed(ScalarType.Float32, 2, 5, 17).requires_grad_(trainsUpdate));
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t => [Strided(Apply([Strided(t[0]), t[1].narrow(1, 3, 17)])[0])], Leaf(ScalarType.Float32, 1, 5, 17), Leaf(ScalarType.Float32, 2, 5, 34));
    }

    [Fact]
    public void A_tensor_can_be_added_to_itself_and_the_sum_be_used_twice()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t =>
        {
            var sum = Residual.Add(t[0], t[0]);
            return [Residual.Add(sum, Residual.Add(sum, t[0]))];
        }, Leaf(ScalarType.Float32, 1, 5, 17));
    }

    [Fact]
    public void Inputs_that_do_not_fit_each_other_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Residual.Add(ones(2, 3), ones(2, 1)));
        Assert.Throws<ArgumentException>(() => Residual.Add(ones(2, 3), ones(2, 3, dtype: ScalarType.BFloat16)));
        Assert.Throws<ArgumentException>(() => Residual.Add(ones(2, 3, 4), ones(2, 3, 4)));
    }

    private static Tensor[] Apply(Tensor[] inputs) => [Residual.Add(inputs[0], inputs[1])];
}
