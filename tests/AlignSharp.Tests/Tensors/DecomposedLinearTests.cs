using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tests.Tensors;

[Collection(ProcessWide.Name)]
public class DecomposedLinearTests
{
    private const double Scaling = 0.75;

    [Theory]
    [MemberData(nameof(LinearTests.Sizes), MemberType = typeof(LinearTests))]
    public void Values_and_gradients_equal_the_formula_with_the_norm_held(int rows, int width, int outputs, int rank)
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t => [t[0].dtype == ScalarType.Float64 ? Formula(t) : Linear.Apply(t[0], Map(t))], Inputs(ScalarType.Float32, rows, width, outputs, rank));
        AgreesWithFloat64(Float32Tolerance, t => [t[0].dtype == ScalarType.Float64 ? Linear.Apply(t[0], Map(t)) : Formula(t)], Inputs(ScalarType.Float32, rows, width, outputs, rank));
        // Rounded before and after the scaling, and with each of its parts.
        AgreesWithFloat64(Bfloat16Tolerance(6), t => [t[0].dtype == ScalarType.Float64 ? Formula(t) : Linear.Apply(t[0], Map(t))], Inputs(ScalarType.BFloat16, rows, width, outputs, rank));
    }

    [Fact]
    public void Input_bias_and_magnitude_have_the_gradient_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.Float64, 3, 4, 5, 2);
        Assert.InRange(GradientCheck.LargestError(t => Linear.Apply(t[0], Map([t[0], inputs[1], t[1], inputs[3], inputs[4], t[2]])), [inputs[0], inputs[2], inputs[5]]), 0, 1e-7);
    }

    [Fact]
    public void Beside_plain_maps_each_gives_its_own()
    {
        using var scope = NewDisposeScope();
        AgreesWithFloat64(Float32Tolerance, t =>
        {
            if (t[0].dtype == ScalarType.Float64) return [F.linear(t[0], t[6]), Formula(t[..6])];
            return Linear.Apply(t[0], new LinearMap(t[6]), Map(t[..6]));
        }, [.. Inputs(ScalarType.Float32, 9, 17, 33, 3), Leaf(ScalarType.Float32, 8, 5, 17)]);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void With_dropout_all_but_the_base_sees_the_dropped_input(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var t = Inputs(type, 9, 16, 8, 3);
        var map = Map(t);
        random.manual_seed(5);
        var actual = Linear.Apply(t[0], map with { Update = map.Update!.Value with { Dropout = 0.4 } });
        random.manual_seed(5);
        var dropped = F.dropout(t[0], 0.4, training: true);
        var factor = t[5] / Norm(t);
        var expected = F.linear(t[0], t[1], t[2]) + (factor - 1) * F.linear(dropped, t[1]) + factor * Scaling * F.linear(F.linear(dropped, t[3]), t[4]);
        Near(expected.detach(), actual.detach(), tolerance, "output");
        Backpropagation.Run((actual * Fixed(type, 9, 9, 8)).sum());
        Tensor[] gradients = [.. t.Select(input => input.grad!.clone())];
        foreach (var input in t) input.grad = null;
        Backpropagation.Run((expected * Fixed(type, 9, 9, 8)).sum());
        foreach (var (input, gradient) in t.Zip(gradients)) Near(input.grad, gradient, tolerance, "gradient");
    }

    [Fact]
    public void Norms_are_those_of_the_whole_weight()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var t = Inputs(type, 1, 100, 1100, 8); // more rows than are widened at a time
            var map = Map(t);
            Assert.InRange(TensorCompare.RelativeToMax(Norm([.. t.Select(input => input.to(ScalarType.Float64))]), DecomposedLinear.Norms(map, map.Magnitude!.Value.SquaredNorms)), 0, 3e-7);
        }
    }

    [Fact]
    public void A_magnitude_equal_to_the_norm_changes_not_one_bit()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var t = Inputs(type, 9, 16, 8, 3);
            var map = Map(t) with { Bias = null };
            var norms = DecomposedLinear.Norms(map, map.Magnitude!.Value.SquaredNorms);
            var scaled = Linear.Apply(t[0], map with { Magnitude = map.Magnitude.Value with { Magnitude = norms } });
            Assert.Equal(Bits(Linear.Apply(t[0], map with { Magnitude = null })), Bits(scaled));
        }
    }

    [Fact]
    public void A_magnitude_that_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        var (x, map) = (ones(2, 3), new LinearMap(ones(4, 3), null, new LowRankUpdate(ones(2, 3), ones(4, 2), 1, 0)));
        void Refused(LinearMap wrong) => Assert.Throws<ArgumentException>(() => Linear.Apply(x, wrong));
        Refused(map with { Magnitude = new RowMagnitude(ones(3), ones(4)) });
        Refused(map with { Magnitude = new RowMagnitude(ones(4), ones(3)) });
        Refused(map with { Update = null, Magnitude = new RowMagnitude(ones(4), ones(4)) });
        Refused(map with { Update = map.Update!.Value with { BiasOfB = ones(4) }, Magnitude = new RowMagnitude(ones(4), ones(4)) });
        Refused(map with { Update = map.Update!.Value with { BiasOfB = ones(3) } });
    }

    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var t = Inputs(ScalarType.Float32, 33, 17, 5, 3);
        var map = Map(t);
        foreach (var dropout in new[] { 0, 0.1 })
        {
            Assert.Equal(0, LeakCheck.Growth(() =>
            {
                using var pass = NewDisposeScope();
                Backpropagation.Run(Linear.Apply(t[0], map with { Update = map.Update!.Value with { Dropout = dropout } }).sum());
                foreach (var input in t) input.grad = null;
            }));
        }
    }

    // Rows, weight, bias, A, B and magnitude.
    private static Tensor[] Inputs(ScalarType type, int rows, int width, int outputs, int rank)
    {
        var adapter = type == ScalarType.BFloat16 ? ScalarType.Float32 : type;
        return
        [
            Leaf(type, 1, rows, width), Leaf(type, 2, outputs, width), Leaf(type, 3, outputs), Leaf(adapter, 4, rank, width), Leaf(adapter, 5, outputs, rank),
            // Near the weight's, so that the factor is near 1 as in training.
            (Fixed(adapter, 6, outputs) * 0.3 + Math.Sqrt(width)).detach().requires_grad_(),
        ];
    }

    private static LinearMap Map(Tensor[] t)
    {
        var map = new LinearMap(t[1], t[2], new LowRankUpdate(t[3], t[4], Scaling, 0));
        return map with { Magnitude = new RowMagnitude(t[5], DecomposedLinear.SquaredNorms(map)) };
    }

    private static Tensor Norm(Tensor[] t) => (t[1] + t[4].mm(t[3]) * Scaling).detach().pow(2).sum([1]).sqrt();

    private static Tensor Formula(Tensor[] t) => F.linear(t[0], t[1] + t[4].mm(t[3]) * Scaling) * (t[5] / Norm(t)) + t[2];
}
