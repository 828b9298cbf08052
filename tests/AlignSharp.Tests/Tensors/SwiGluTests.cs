using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class SwiGluTests
{
    public static TheoryData<int> AllWidths => Widths;

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void The_gate_times_its_sigmoid_times_the_other(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var y = SwiGlu.Apply(tensor(new[,] { { 0.0, 1, -2 } }).to(type), tensor(new[,] { { 5.0, 2, 3 } }).to(type));
        Near(tensor(new[,] { { 0, 2 / (1 + Math.Exp(-1)), -6 / (1 + Math.Exp(2)) } }), y, 1e-6, "values");
    }

    [Fact]
    public void The_plain_form_has_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Assert.InRange(GradientCheck.LargestError(t => SwiGlu.Apply(t[0], t[1]), [Fixed(ScalarType.Float64, 1, 3, 5), Fixed(ScalarType.Float64, 2, 3, 5)]), 0, 1e-7);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void The_kernel_equals_the_plain_form(int width)
    {
        using var scope = NewDisposeScope();
        // Backward and forward round each result once to bfloat16.
        foreach (var (type, tolerance) in new[] { (ScalarType.Float32, Float32Tolerance), (ScalarType.BFloat16, Bfloat16Tolerance(1)) })
            foreach (var rows in RowCounts) AgreesWithFloat64(tolerance, Apply, Leaf(type, rows, rows, width), Leaf(type, rows + 1, rows, width));
    }

    [Fact]
    public void Strides_of_inputs_and_of_the_gradient_do_not_matter()
    {
        using var scope = NewDisposeScope();
        Tensor gate = Leaf(ScalarType.Float32, 1, 5, 34), up = Leaf(ScalarType.Float32, 2, 5, 17);
        AgreesWithFloat64(Float32Tolerance, t => [Strided(Apply([Strided(t[0]), Strided(t[0] * 2)])[0])], gate);
        AgreesWithFloat64(Float32Tolerance, t => [Apply([t[0].narrow(1, 17, 17), t[1]])[0].sum()], gate, up);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Either_input_can_be_frozen(bool trainsGate, bool trainsUp)
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, Apply, Fixed(ScalarType.Float32, 1, 5, 17).requires_grad_(trainsGate), Fixed(ScalarType.Float32, 2, 5, 17).requires_grad_(trainsUp));
    }

    [Fact]
    public void Gates_far_from_zero_are_open_or_shut()
    {
        using var scope = NewDisposeScope();
        var gate = tensor(new float[,] { { -1000, -100, -88, -30, 30, 88, 100, 1000 } }).requires_grad_();
        AgreesWithFloat64(Float32Tolerance, Apply, gate, ones(1, 8).requires_grad_());
    }

    [Fact]
    public void What_is_not_a_number_stays_where_it_is()
    {
        using var scope = NewDisposeScope();
        var (gate, up) = (ones(2, 19), ones(2, 19));
        gate[0, 18] = float.NaN;
        up[1, 0] = float.NaN;
        var bad = SwiGlu.Apply(gate, up).isnan();
        Assert.Equal(2, bad.sum().item<long>());
        Assert.True(bad[0, 18].item<bool>() && bad[1, 0].item<bool>());
    }

    [Fact]
    public void No_rows_give_no_rows()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(0, Apply, Leaf(ScalarType.Float32, 1, 0, 17), Leaf(ScalarType.Float32, 2, 0, 17));
    }

    [Fact]
    public void Inputs_that_do_not_fit_each_other_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SwiGlu.Apply(ones(2, 3), ones(2, 1)));
        Assert.Throws<ArgumentException>(() => SwiGlu.Apply(ones(2, 3), ones(2, 3, dtype: ScalarType.BFloat16)));
        Assert.Throws<ArgumentException>(() => SwiGlu.Apply(ones(2, 3, 4), ones(2, 3, 4)));
    }

    private static Tensor[] Apply(Tensor[] inputs) => [SwiGlu.Apply(inputs[0], inputs[1])];
}
